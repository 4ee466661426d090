"""The hooks of Pantry: what it offers, what must hold of its clusters, how they are made, grown, shrunk, looked at."""

from collections.abc import Iterator, Mapping, Sequence

from serai.hookspec import SPI_VERSION, hookimpl
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.objects import Cluster, Config, Instance, NodeGroup, ValidationError
from serai.hookspec.places import group_path
from serai.hookspec.run import Run
from serai_pantry.daemons import PORTS, address, drain, install, keeper_url, missing_shelves, start


class PantryPlugin:
    """Provisions Pantry: one keeper, and shelves that come and go."""

    SERAI_SPI = SPI_VERSION
    SERAI_TESTING = "serai_pantry.testing:TESTING"

    @hookimpl
    def get_versions(self) -> Sequence[str]:
        return ["1.0"]

    @hookimpl
    def get_configs(self) -> Sequence[Config]:
        return list(PORTS.values())

    @hookimpl
    def get_node_processes(self) -> Mapping[str, Sequence[str]]:
        return {"Pantry": list(PORTS)}

    @hookimpl
    def get_open_ports(self, node_group: NodeGroup) -> Sequence[int]:
        return [node_group.value(port) for process, port in PORTS.items() if process in node_group.node_processes]

    @hookimpl
    def validate(self, cluster: Cluster) -> None:
        if errors := list(problems(cluster, {})):
            raise ValidationFailed(errors)

    @hookimpl
    def validate_scaling(
        self, cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
    ) -> Sequence[ValidationError]:
        return list(problems(cluster, {**existing, **additional}))

    @hookimpl
    def configure_cluster(self, cluster: Cluster, run: Run) -> None:
        run.each(cluster.instances, install, step="Install Pantry")

    @hookimpl
    def start_cluster(self, cluster: Cluster, run: Run) -> None:
        run.each(cluster.instances, start, step="Start Pantry")
        run.wait_until(lambda: not missing_shelves(cluster), what="every shelf to join", timeout=60)
        cluster.info["Pantry"] = {"Keeper": f"{keeper_url(cluster)}/items/"}

    @hookimpl
    def scale_cluster(self, cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
        run.each(instances, install, step="Install Pantry")
        run.each(instances, start, step="Start shelves")
        run.wait_until(lambda: not missing_shelves(cluster), what="every shelf to join", timeout=60)

    @hookimpl
    def decommission_nodes(self, cluster: Cluster, instances: Sequence[Instance]) -> None:
        shelves = [address(each, "shelf") for each in instances if "shelf" in each.node_group.node_processes]
        left = drain(cluster, shelves)
        if left != dict.fromkeys(shelves, 0):
            raise SeraiError(f"things are left on shelves: {left}", code="PANTRY_NOT_DRAINED", hint="add shelves")

    @hookimpl
    def get_health_checks(self, cluster: Cluster) -> Sequence[HealthCheck]:
        return [HealthCheck("Pantry", lambda: health(cluster))]


def problems(cluster: Cluster, changed: Mapping[str, int]) -> Iterator[ValidationError]:
    """What is wrong with a cluster whose node groups have other counts, by name."""
    counts = {group.name: changed.get(group.name, group.count) for group in cluster.node_groups}
    keepers, shelves = (sum(counts[group.name] for group in cluster.groups_with(process)) for process in PORTS)
    if keepers != 1:
        yield ValidationError(None, f"there must be 1 keeper, not {keepers}", "node_groups", "NOT_SINGLE_KEEPER")
    if shelves < 1:
        yield ValidationError(None, "there must be at least 1 shelf", "node_groups", "NO_SHELF")
    for group in cluster.node_groups:
        if set(PORTS) <= set(group.node_processes) and len({group.value(port) for port in PORTS.values()}) == 1:
            yield ValidationError(PORTS["shelf"], "the keeper has that port", group_path(group), "PORT_CONFLICT")


def health(cluster: Cluster) -> Health:
    """Green when the keeper lists every shelf."""
    if missing := missing_shelves(cluster):
        return Health(HealthColor.RED, f"the keeper does not list {', '.join(sorted(missing))}")
    return Health(HealthColor.GREEN, "the keeper lists every shelf")


PLUGIN = PantryPlugin()
