"""What a call through a Stack costs; floor: the bare pluggy call that it makes."""

from collections.abc import Callable, Iterator
from typing import Any

from timing import paired

from serai.engine.plugins.catalog import Catalog, admitted
from serai.engine.plugins.stack import Stack
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.semantics import Role


class Beacon:
    """The smallest auxiliary."""

    def __init__(self, port: int) -> None:
        self.port = port

    @hookimpl
    def extends(self) -> bool:
        return True

    @hookimpl
    def get_open_ports(self) -> list[int]:
        return [self.port]


def cases() -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """(name, through the stack, bare) of each measured call."""
    auxiliaries = [admitted(f"beacon{n}", Role.AUXILIARY, Beacon(9000 + n)) for n in range(3)]
    catalog = Catalog(plugins=auxiliaries)
    for plugin in ("dask", "spark"):
        version = catalog.versions(plugin)[0]
        for names in ([], ["beacon0", "beacon1", "beacon2"]):
            stack = catalog.stack(plugin, version, names)
            label = f"{plugin} with {len(names)} auxiliaries"
            yield from _calls(label, stack, _cluster(plugin, version, stack))


def _cluster(plugin: str, version: str, stack: Stack) -> Cluster:
    processes = [name for names in stack.get_node_processes().values() for name in names]
    cluster = Cluster("bench", plugin, version, [NodeGroup("all", 1, processes)])
    cluster.bind_configs(stack.get_configs())
    return cluster


def _calls(label: str, stack: Stack, cluster: Cluster) -> Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    group = cluster.node_groups[0]
    ports = stack.call("get_open_ports").bare
    yield f"get_open_ports, {label}", lambda: stack.get_open_ports(group), lambda: ports(node_group=group)
    configs = stack.call("get_configs").bare
    version = stack.version
    yield f"get_configs, {label}", stack.get_configs, lambda: configs(hadoop_version=version)
    hints = stack.call("get_edp_engine").bare
    yield (
        f"get_edp_engine, {label}",
        lambda: stack.get_edp_engine(cluster, "Shell"),
        lambda: hints(cluster=cluster, job_type="Shell"),
    )


def main() -> None:
    """Print a line for each call."""
    print("dispatch: a call through a Stack / the bare pluggy call it makes (microseconds of processor time)")
    for name, through, bare in cases():
        ours, floor, ratio = paired(through, bare, repeat=500)
        print(f"  {name:44} {ours * 1e6:8.2f} / {floor * 1e6:8.2f}  = {ratio:.2f}")
