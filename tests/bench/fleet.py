"""What the engine costs a host, without a network: clusters of hosts in memory, 20 ms away each.

The floor of a cluster's time is what its round trips take at the fan-out's width with an engine that costs nothing.
"""

import resource
import time
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from serai.engine import ClusterSpec, Engine, plugin
from serai.engine.operations.fanout import WIDTH
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.run import Run
from serai.hookspec.semantics import Role
from serai.hookspec.services import Listening, Service
from serai.hookspec.testing.fleet import Fleet

SIZES = (10, 100, 1000)
LATENCY = 0.02
"""Seconds of a round trip."""

GROUP = "nodes"


class Herd:
    """A plugin that does on each host what most do: looks, writes files, runs a script, starts a service."""

    @hookimpl
    def get_versions(self) -> list[str]:
        return ["1"]

    @hookimpl
    def get_configs(self) -> list[object]:
        return []

    @hookimpl
    def get_node_processes(self) -> Mapping[str, Sequence[str]]:
        return {"Herd": ["sheep"]}

    @hookimpl
    def configure_cluster(self, cluster: Cluster, run: Run) -> None:
        _configure(cluster.instances, run)

    @hookimpl
    def start_cluster(self, cluster: Cluster, run: Run) -> None:
        _start(cluster.instances, run)

    @hookimpl
    def scale_cluster(self, instances: Sequence[Instance], run: Run) -> None:
        _configure(instances, run)
        _start(instances, run)


def _configure(instances: Sequence[Instance], run: Run) -> None:
    def configure(instance: Instance) -> None:
        remote = instance.remote
        memory = remote.facts.memory_mb // 2
        remote.put({f"{remote.layout.conf}/{number}.conf": f"memory {memory}\n" for number in range(10)})
        remote.script('mkdir -p "$1"', remote.layout.data)

    run.each(instances, configure, step="configure")


def _start(instances: Sequence[Instance], run: Run) -> None:
    sheep = Service("sheep", ["sheep"], ready=[Listening(7000)])
    run.each(instances, lambda instance: instance.remote.services.start(sheep), step="start")
    run.each(instances, lambda instance: instance.remote.services.status("sheep"), step="look")


@frozen
class Figures:
    """What one cluster took.

    Attributes:
        hosts: how many it has.
        seconds: from being asked for until it was active.
        processor: seconds of processor time meanwhile.
        memory: by how much the process's peak grew, in bytes.
        events: how many were told.
        calls: round trips.
    """

    hosts: int
    seconds: float
    processor: float
    memory: int
    events: int
    calls: int

    @property
    def floor(self) -> float:
        """Seconds that the round trips take alone."""
        return ceil(self.hosts / WIDTH) * self.calls / self.hosts * LATENCY


def create(engine: Engine, count: int) -> Cluster:
    """A cluster of that many hosts."""
    group = {"name": GROUP, "count": count, "node_processes": ["sheep"]}
    document = {"name": f"herd-{count}", "plugin_name": "herd", "hadoop_version": "1", "node_groups": [group]}
    return engine.clusters.create(ClusterSpec.from_dict({**document, "infrastructure": {"provider": "fleet"}})).result()


def measure(engine: Engine, fleet: Fleet, count: int) -> Figures:
    """Create a cluster and look at what it took."""
    peak, wall, processor = _peak(), time.monotonic(), time.process_time()
    cluster = create(engine, count)
    wall, processor = time.monotonic() - wall, time.process_time() - processor
    calls = sum(len(fleet.host(instance.instance_name).calls) for instance in cluster.instances)
    events = len(engine.clusters.events(cluster.name))
    return Figures(count, wall, processor, _peak() - peak, events, calls)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def touched(engine: Engine, fleet: Fleet, count: int) -> tuple[list[str], float]:
    """The hosts that get a call when a cluster of that many gets one host more, and how long that took."""
    before = {name: len(host.calls) for name, host in fleet.hosts.items()}
    began = time.monotonic()
    engine.clusters.scale(f"herd-{count}", {GROUP: count + 1}).result()
    seconds = time.monotonic() - began
    return [name for name, host in fleet.hosts.items() if len(host.calls) > before.get(name, 0)], seconds


def main() -> None:
    """Print a line for each size, how it grows, and what one host more touches."""
    fleet = Fleet(latency=LATENCY)
    plugins = [plugin("herd", Role.PROVISIONING, Herd()), plugin("fleet", Role.INFRASTRUCTURE, fleet)]
    print(f"fleet: until active / the round trips alone ({LATENCY * 1e3:g} ms each, on {WIDTH} hosts at a time)")
    with TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/serai.db"
        with Engine.open(url, plugins=plugins, discover=False, cache=Path(directory)) as engine:
            create(engine, 1)  # what is imported and made once
            figures = [measure(engine, fleet, count) for count in SIZES]
            names, seconds = touched(engine, fleet, SIZES[-1])
    for each in figures:
        print(_line(each))
    small, large = figures[-2:]
    growth = [large.seconds / small.seconds, large.processor / small.processor, large.events / small.events]
    told = "time {:.1f}, processor {:.1f}, events {:.1f}".format(*growth)
    print(f"  {large.hosts / small.hosts:g} times the hosts: {told} times as much")
    print(f"  {SIZES[-1]} hosts and one more: {seconds:.2f} s; touched: {', '.join(names)}")


def _line(each: Figures) -> str:
    return (
        f"  {each.hosts:4} hosts: {each.seconds:6.2f} / {each.floor:5.2f} s = {each.seconds / each.floor:.2f}   a host:"
        f" {each.processor / each.hosts * 1e3:5.1f} ms of processor, {each.memory / each.hosts / 1024:5.1f} KiB,"
        f" {each.events / each.hosts:.1f} events, {each.calls / each.hosts:.1f} round trips"
    )


if __name__ == "__main__":
    main()
