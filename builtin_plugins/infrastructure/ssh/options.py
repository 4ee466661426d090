"""What a cluster asks of the provider ``ssh``: the options of its ``infrastructure``, and what must not be asked."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from serai.builtin_plugins.infrastructure.ssh import values
from serai.builtin_plugins.infrastructure.ssh.values import Check, Flaw
from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import ValidationError

DISK_MB: Final = 1024
"""As much as must be free where a host's files go, when nothing else is required, in MiB."""

CLOCK_SKEW: Final = 5.0
"""As far as a host's clock may be from the engine's, when nothing else is said, in seconds."""


@frozen
class Requirements:
    """The least that a host must have.

    Attributes:
        memory_mb: memory, in MiB.
        cpus: processors.
        disk_mb: free where its files go, in MiB.
    """

    memory_mb: int = 0
    cpus: int = 0
    disk_mb: int = DISK_MB


@frozen
class Options:
    """The options of the provider.

    Attributes:
        inventory: path of the inventory.
        tags: the tags that hosts of a node group must have, by its name.
        require: the least that hosts of a node group must have, by its name.
        max_clock_skew: as far as a host's clock may be from the engine's, in seconds.
    """

    inventory: str
    tags: Mapping[str, tuple[str, ...]] = field(factory=dict)
    require: Mapping[str, Requirements] = field(factory=dict)
    max_clock_skew: float = CLOCK_SKEW

    @classmethod
    def of(cls, infrastructure: Mapping[str, Any]) -> "Options":
        """The options of a document without errors."""
        return cls(
            inventory=infrastructure["inventory"],
            tags={group: tuple(tags) for group, tags in infrastructure.get("tags", {}).items()},
            require={group: Requirements(**least) for group, least in infrastructure.get("require", {}).items()},
            max_clock_skew=float(infrastructure.get("max_clock_skew", CLOCK_SKEW)),
        )


_REQUIREMENTS: Final[Mapping[str, Check]] = {
    "memory_mb": values.whole_number(0),
    "cpus": values.whole_number(0),
    "disk_mb": values.whole_number(0),
}
_KNOWN: Final = ("provider", "inventory", "tags", "require", "max_clock_skew")


def option_errors(infrastructure: Mapping[str, Any], groups: Collection[str]) -> Iterator[ValidationError]:
    """What is wrong with the options.

    Args:
        infrastructure: as in a cluster's document.
        groups: names of the cluster's node groups.
    """
    for option in infrastructure:
        if option not in _KNOWN:
            message = f"the provider 'ssh' has no option {option!r}"
            yield _error(option, message, values.meant(str(option), _KNOWN[1:]), code="UNKNOWN_OPTION")
    if "inventory" not in infrastructure:
        yield _error("inventory", "must be given", "the path of the file that lists your hosts")
    else:
        yield from _flaws("inventory", _inventory_path, infrastructure["inventory"])
    if "max_clock_skew" in infrastructure:
        yield from _flaws("max_clock_skew", values.seconds, infrastructure["max_clock_skew"])
    for group, tags in _by_group(infrastructure, "tags"):
        yield from _group_errors("tags", group, groups)
        yield from _flaws(f"tags.{group}", values.list_of(values.word), tags)
    for group, least in _by_group(infrastructure, "require"):
        yield from _group_errors("require", group, groups)
        yield from _requirement_errors(f"require.{group}", least)
    for option in ("tags", "require"):
        if type(infrastructure.get(option, {})) is not dict:
            yield _error(option, f"must be a mapping from node group (got {infrastructure[option]!r})")


def _inventory_path(value: Any) -> Iterator[Flaw]:
    if type(value) is not str or not value:
        yield Flaw(f"must be the path of a file (got {value!r})")
    elif not value.startswith("/"):
        # The cluster outlives the process whose working directory that would be.
        yield Flaw(
            f"must be an absolute path (got {value!r})", "in a document read from a file it may be relative to that"
        )


def _by_group(infrastructure: Mapping[str, Any], option: str) -> Iterator[tuple[str, Any]]:
    given = infrastructure.get(option, {})
    if type(given) is dict:
        yield from ((str(group), value) for group, value in given.items())


def _group_errors(option: str, group: str, groups: Collection[str]) -> Iterator[ValidationError]:
    if group not in groups:
        message = f"the cluster has no node group {group!r}"
        yield _error(f"{option}.{group}", message, values.meant(group, groups), code="UNKNOWN_NODE_GROUP")


def _requirement_errors(path: str, least: Any) -> Iterator[ValidationError]:
    if type(least) is not dict:
        yield _error(path, f"must be a mapping such as {{memory_mb: 4096, cpus: 2}} (got {least!r})")
        return
    for key, value in least.items():
        if key in _REQUIREMENTS:
            yield from _flaws(f"{path}.{key}", _REQUIREMENTS[key], value)
        else:
            hint = values.meant(str(key), _REQUIREMENTS)
            yield _error(f"{path}.{key}", f"nothing called {key!r} can be required", hint, code="UNKNOWN_OPTION")


def _flaws(path: str, check: Check, value: Any) -> Iterator[ValidationError]:
    for flaw in check(value):
        yield _error(f"{path}{flaw.step}", flaw.message, flaw.hint)


_CLUSTER_FIELDS: Final = ("default_image_id", "neutron_management_network", "user_keypair_id")
_GROUP_FIELDS: Final = ("image_id", "volumes_per_node", "volumes_size", "floating_ip_pool", "username")


def field_errors(cluster: Cluster) -> Iterator[ValidationError]:
    """What the cluster asks for that hosts of an inventory cannot be: nothing asked for is silently ignored."""
    for name in _CLUSTER_FIELDS:
        if getattr(cluster, name):
            yield _unsupported(name, name)
    for index, node_group in enumerate(cluster.node_groups):
        for name in _GROUP_FIELDS:
            if getattr(node_group, name):
                yield _unsupported(name, f"node_groups[{index}].{name}")


def _unsupported(name: str, path: str) -> ValidationError:
    hint = "leave it out; users and volumes of hosts are in the inventory"
    message = f"machines of the provider 'ssh' are as they are: they cannot be given a {name}"
    return ValidationError(error_message=message, path=path, code="UNSUPPORTED", hint=hint)


def _error(path: str, message: str, hint: str = "", *, code: str = "INVALID_OPTION") -> ValidationError:
    return ValidationError(error_message=message, path=f"infrastructure.{path}", code=code, hint=hint)
