"""Plugins with rules that nobody would guess: what strategies are tried on. Each has pure hooks alone."""

import re
from typing import Any, ClassVar

from serai.hookspec.errors import InvalidCluster, ValidationFailed
from serai.hookspec.objects import Cluster, Config, ValidationError


class Odd:
    """What they have in common: one version, one service, no configs."""

    processes: ClassVar[tuple[str, ...]] = ()
    configs: ClassVar[tuple[Config, ...]] = ()

    def get_versions(self) -> list[str]:
        return ["1"]

    def get_configs(self, hadoop_version: str) -> list[Config]:
        return list(self.configs)

    def get_node_processes(self) -> dict[str, list[str]]:
        return {"Odd": list(self.processes)}


class Council(Odd):
    """An odd number, three or more, of voters; a queen or a king, and not both. The first fault alone is told."""

    processes = ("voter", "queen", "king", "clerk")

    def validate(self, cluster: Cluster) -> None:
        voters, rulers = cluster.count_of("voter"), cluster.count_of("queen") + cluster.count_of("king")
        if voters < 3:
            raise InvalidCluster(f"three voters are wanted, there are {voters}", code="TOO_FEW_VOTERS")
        if voters % 2 == 0:
            raise InvalidCluster(f"{voters} voters may not agree", code="EVEN_VOTERS")
        if rulers != 1:
            raise InvalidCluster(f"there is to be one ruler, not {rulers}", code="NOT_ONE_RULER")


class Crowd(Odd):
    """At least ten workers, and a guard on none of their machines; every fault is told."""

    processes = ("guard", "worker")

    def validate(self, cluster: Cluster) -> None:
        errors = []
        if cluster.count_of("worker") < 10:
            errors.append(ValidationError(error_message="ten workers are wanted", code="TOO_FEW"))
        if cluster.count_of("guard") == 0:
            errors.append(ValidationError(error_message="a guard is wanted", code="NO_GUARD"))
        if any({"guard", "worker"} <= set(group.node_processes) for group in cluster.node_groups):
            errors.append(ValidationError(error_message="guards stand apart", code="NOT_APART"))
        if errors:
            raise ValidationFailed(errors)


class Needle(Odd):
    """Seventeen of one and thirty of the other, apart; and it says nothing that could help."""

    processes = ("hay", "straw")

    def validate(self, cluster: Cluster) -> None:
        counts = (cluster.count_of("hay"), cluster.count_of("straw"))
        if counts != (17, 30) or any(len(group.node_processes) > 1 for group in cluster.node_groups):
            raise InvalidCluster("no")


class Never(Odd):
    """Likes nothing."""

    processes = ("any",)

    def validate(self, cluster: Cluster) -> None:
        raise InvalidCluster("such clusters are not to be", code="NEVER", hint="give up")


class Touchy(Odd):
    """Breaks where it was not thought of: a cluster without a leader, and one with two."""

    processes = ("leader", "helper")

    def validate(self, cluster: Cluster) -> None:
        (leader,) = cluster.groups_with("leader")
        if leader.count != 1:
            raise KeyError("leader")


class Demanding(Odd):
    """Wants a licence and an even number; a text may be anything but too long; it wants machines with memory."""

    processes = ("server",)
    configs = (
        Config("licence", is_optional=False, scope="cluster"),
        Config("even", config_type="integer", default_value=2, minimum=0, maximum=100, applicable_target="service:Odd"),
        Config("colour", config_type="enum", config_values=("red", "blue"), applicable_target="service:Odd"),
        Config("key", config_type="secret", scope="cluster"),
        Config("loud", config_type="boolean", default_value=False),
    )

    def validate(self, cluster: Cluster) -> None:
        licence, even = self.configs[:2]
        errors: list[ValidationError] = []
        for holder in (cluster, *cluster.node_groups):
            value: Any = holder.value(even)
            if value % 2:
                errors.append(ValidationError(even, "must be even", code="ODD_NUMBER"))
        if len(cluster.value(licence)) > 3:
            errors.append(ValidationError(licence, "must be short", code="LONG_LICENCE"))
        if any(group.facts is not None and group.facts.memory_mb < 1024 for group in cluster.node_groups):
            errors.append(ValidationError(error_message="machines are too small", code="SMALL"))
        if errors:
            raise ValidationFailed(errors)


class Picky(Demanding):
    """Accepts licences of one form alone."""

    def validate(self, cluster: Cluster) -> None:
        licence = cluster.cluster_configs.get("general", {}).get("licence", "")
        if not re.fullmatch(r"[A-Z]{4}-[0-9]{2}", licence):
            raise InvalidCluster("that is no licence", code="NO_LICENCE")


class Anything(Odd):
    """Has no rules, and says so by having no ``validate``."""

    processes = ("thing",)
