"""What hosts hold at one moment, so that two moments can be compared."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import field, frozen

from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.testing.fleet import Fleet, FleetHost, StoredFile

_RELOAD: Final = "HUP"


@frozen
class HostState:
    """What a host holds.

    Attributes:
        files: by path.
        services: what each one that runs is declared as, by name.
        pids: of those that run.
        signals: what each was sent, but for HUP, by which daemons read anew what they are told, and go on.
    """

    files: Mapping[str, StoredFile] = field(hash=False, repr=False)
    services: Mapping[str, tuple[object, ...]] = field(hash=False)
    pids: Mapping[str, int] = field(hash=False)
    signals: Mapping[str, tuple[str, ...]] = field(hash=False)

    @classmethod
    def of(cls, host: FleetHost) -> "HostState":
        """What a host holds now."""
        processes = host.processes
        running = {name: service for name in processes.names if (service := processes.service(name)) is not None}
        return cls(
            dict(host.files),
            {name: (service.argv, dict(service.env), service.cwd) for name, service in running.items()},
            {name: processes.status(name).pid for name in running},
            {name: tuple(each for each in processes.signals_of(name) if each != _RELOAD) for name in running},
        )


World = dict[str, HostState]
"""What hosts hold, by their names."""


def world(fleet: Fleet, instances: Iterable[Instance]) -> World:
    """What the hosts of some instances hold now."""
    return {each.instance_name: HostState.of(fleet.host(each.instance_name)) for each in instances}


def differences(
    before: World, after: World, *, same_processes: bool = True, varying: frozenset[tuple[str, str]] = frozenset()
) -> Iterator[str]:
    """What differs between two moments, a sentence each.

    Args:
        before: one moment.
        after: the other one.
        same_processes: whether the processes themselves must be the same, not only what they are declared as.
        varying: (host, path) of files whose content is another each time.
    """
    for name in before.keys() | after.keys():
        if name not in before or name not in after:
            yield f"{name} is there in one case only"
            continue
        yield from (f"{name}: {what}" for what in _of_host(name, before[name], after[name], varying))
        if same_processes:
            yield from (f"{name}: {what}" for what in _restarts(before[name], after[name]))


def _of_host(name: str, old: HostState, new: HostState, varying: frozenset[tuple[str, str]]) -> Iterator[str]:
    for path in sorted(old.files.keys() | new.files.keys()):
        if path not in old.files or path not in new.files:
            yield f"{path} is there in one case only"
        elif (name, path) not in varying and old.files[path] != new.files[path]:
            yield f"{path} differs"
    for service in sorted(old.services.keys() | new.services.keys()):
        if old.services.get(service) != new.services.get(service):
            is_both = service in old.services and service in new.services
            yield f"service {service} {'runs with another declaration' if is_both else 'runs in one case only'}"


def _restarts(old: HostState, new: HostState) -> Iterator[str]:
    for service in sorted(old.pids.keys() & new.pids.keys()):
        if old.pids[service] != new.pids[service]:
            yield f"service {service} was restarted"
        elif old.signals[service] != new.signals[service]:
            yield f"service {service} was sent a signal"


def disturbed(before: World, after: World) -> Iterator[str]:
    """Which services of hosts were stopped, restarted or sent a signal, and which were started."""
    for name in before:
        old, new = before[name], after[name]
        yield from (f"{name}: {what}" for what in _restarts(old, new))
        for service in sorted(old.pids.keys() ^ new.pids.keys()):
            yield f"{name}: service {service} was {'stopped' if service in old.pids else 'started'}"


def varying_files(one: World, other: World) -> frozenset[tuple[str, str]]:
    """The files whose content is another each time, of two worlds that came about in the same way."""
    return frozenset(
        (name, path)
        for name in one.keys() & other.keys()
        for path in one[name].files.keys() & other[name].files.keys()
        if one[name].files[path].content != other[name].files[path].content
    )


def shape(cluster: Cluster) -> str:
    """A cluster in a few words, for people."""
    groups = ", ".join(f"{group.count} x {'+'.join(group.node_processes)}" for group in cluster.node_groups)
    return f"a cluster of [{groups}]"
