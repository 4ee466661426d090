"""A provider whose machines are in memory."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address
from itertools import count
from typing import Final
from urllib.parse import urlsplit

from attrs import evolve

from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.errors import RemoteError, SeraiError
from serai.hookspec.facts import Disk, Facts
from serai.hookspec.infrastructure import Machine, MachineRequest
from serai.hookspec.markers import hookimpl
from serai.hookspec.remote import DirectEndpoint, Layout, Remote
from serai.hookspec.services import Listening, Service
from serai.hookspec.testing.fleet.clocks import Clock, RealClock
from serai.hookspec.testing.fleet.commands import Answer, Asked, Pattern, Rules, is_http, said
from serai.hookspec.testing.fleet.faults import Journal
from serai.hookspec.testing.fleet.hosts import FleetHost
from serai.hookspec.testing.fleet.processes import Processes
from serai.hookspec.testing.fleet.remote import FleetRemote
from serai.hookspec.testing.fleet.replay import Replay
from serai.hookspec.transcripts import Transcript

FACTS: Final = Facts(
    distribution="debian",
    distribution_version="12",
    architecture="x86_64",
    cpus=4,
    memory_mb=8192,
    disks=(Disk("/", 100_000, 80_000),),
    python="/usr/bin/python3",
    python_version="3.11.2",
    user="serai",
    home="/home/serai",
)
"""What hosts are like unless something else is said."""

Served = Callable[[FleetHost, Service, Asked], str]
"""What a service answers to HTTP."""

Ports = Callable[[FleetHost, Service], Iterable[int]]
"""Which ports a service listens on, by the host that it runs on, and by its declaration."""

Begun = Callable[[FleetHost, Service], str]
"""What a service does when it is started; gives why it ends at once, or ``""`` where it goes on."""


def _no_ports(host: FleetHost, service: Service) -> tuple[int, ...]:
    return ()


_LOOPBACK: Final = ("127.", "::1", "localhost")
_FIRST_ADDRESS: Final = IPv4Address("10.0.0.1")


class Fleet:
    """Hosts in memory, and the infrastructure provider that hands them out. Safe to be used by many threads.

    A host has the name of the instance it is for: it is there as soon as it is asked for, so that what shall be wrong
    with it can be set before its cluster is made. When its machine is deleted it gets another address.

    Args:
        latency: seconds that a round trip to a host takes.
        connect_timeout: seconds after which a connection that is not answered is given up.
        facts: what hosts are like.
        clock: whose time passes; with a :class:`~serai.hookspec.testing.fleet.VirtualClock` no wait takes any.

    Attributes:
        clock: as given.
        journal: every round trip to any host, and what is to go wrong with those to come.
    """

    def __init__(
        self,
        *,
        latency: float = 0.0,
        connect_timeout: float = 10.0,
        facts: Facts = FACTS,
        clock: Clock | None = None,
    ) -> None:
        self.clock: Final[Clock] = clock or RealClock()
        self.journal: Final = Journal()
        self._latency = latency
        self._connect_timeout = connect_timeout
        self._facts = facts
        self._rules = Rules()
        self._replay: Replay | None = None
        self._hosts: dict[str, FleetHost] = {}
        self._addresses = (str(_FIRST_ADDRESS + number) for number in count())
        self._ports: dict[str, Ports] = {}
        self._beginnings: dict[str, Begun] = {}
        self._machines: dict[str, Machine] = {}
        self._lock = threading.RLock()

    @property
    def hosts(self) -> Mapping[str, FleetHost]:
        """The hosts by name, as far as anybody asked for them."""
        return dict(self._hosts)

    def host(self, name: str) -> FleetHost:
        """The host of that name."""
        with self._lock:
            if name not in self._hosts:
                address = next(self._addresses)
                facts = evolve(self._facts, hostname=name, machine_id=name, addresses=(address,))
                self._hosts[name] = FleetHost(
                    name,
                    address,
                    facts,
                    self._latency,
                    self._connect_timeout,
                    self.clock,
                    self.journal,
                    processes=Processes(lambda service: self._begun(name, service)),
                )
            return self._hosts[name]

    def serve(self, service: str, answer: Served, *, ports: Ports = _no_ports) -> None:
        """Tell what a service answers to HTTP, wherever it runs, on each port that it listens on.

        Args:
            service: its name.
            answer: called with the host that it runs on, its declaration, and what was asked: method and URL.
            ports: those it listens on beside the ones that it is declared to be ready by.
        """
        self._ports[service] = ports
        self._rules.add(
            lambda asked: self._server_of(service, asked) is not None,
            lambda _, asked: said(answer(*self._found(service, asked), asked)),
        )

    def begin(self, service: str, begun: Begun) -> None:
        """Tell what a service does when it is started, wherever that is.

        Args:
            service: its name.
            begun: called with the host that it runs on, and its declaration; it may look at the host's files, as the
                service itself would, and write some. What it gives other than ``""`` is the service's last word.
        """
        self._beginnings[service] = begun

    def _begun(self, name: str, service: Service) -> str:
        begun = self._beginnings.get(service.name)
        return begun(self.host(name), service) if begun else ""

    def listeners(self, name: str) -> dict[int, str]:
        """The ports that something listens on which other machines reach on a host, with the service it is."""
        host = self.host(name)
        running = [service for each in host.processes.names if (service := host.processes.service(each)) is not None]
        declared = {
            condition.port: service.name
            for service in running
            for condition in service.ready
            if isinstance(condition, Listening) and not condition.address.startswith(_LOOPBACK)
        }
        ports = [(service.name, self._ports.get(service.name, _no_ports)(host, service)) for service in running]
        told = {port: service for service, found in ports for port in found}
        return {**told, **declared}

    def _found(self, service: str, asked: Asked) -> tuple[FleetHost, Service]:
        found = self._server_of(service, asked)
        if found is None:
            raise RemoteError(f"{asked.argv[1]}: connection refused")
        return found

    def _server_of(self, name: str, asked: Asked) -> tuple[FleetHost, Service] | None:
        if not is_http(asked):
            return None
        url = urlsplit(asked.argv[1])
        for host in self.hosts.values():
            if host.address == url.hostname and self.listeners(host.name).get(url.port or 80) == name:
                service = host.processes.service(name)
                return None if service is None else (host, service)
        return None

    def answer(self, pattern: Pattern, answer: Answer) -> None:
        """Tell what all hosts answer to some commands; this goes before what was told earlier.

        Args:
            pattern: how the commands' argument lists begin, or a predicate.
            answer: how they end, or a function that tells.
        """
        self._rules.add(pattern, answer)

    def replay(self, transcript: Transcript, *, facts: Callable[[Facts], Facts] = lambda facts: facts) -> Replay:
        """Have hosts answer as a transcript has it: nothing else, but to commands that are told about after this.

        Clusters must have the node groups of the one that was recorded; names and addresses may be others.

        Args:
            transcript: what was recorded.
            facts: changes what was recorded of what machines are like.

        Returns:
            What is done with it: :meth:`Replay.check` tells whether the calls are those that were recorded.
        """
        self._replay = Replay(transcript, facts)
        self.answer(lambda asked: True, self._replay.command)
        self._facts = self._replay.machine_facts(self._facts) or self._facts
        return self._replay

    @hookimpl
    def get_machine_facts(self) -> Facts:
        return self._facts

    @hookimpl
    def create_machines(self, cluster: Cluster, requests: Sequence[MachineRequest]) -> Sequence[Machine]:
        with self._lock:
            return [self._machine(cluster.id, request) for request in requests]

    @hookimpl
    def list_machines(self, cluster_id: str) -> Sequence[Machine]:
        with self._lock:
            machines = [machine for machine in self._machines.values() if cluster_id in ("", machine.cluster_id)]
        return sorted(machines, key=lambda machine: machine.name)

    @hookimpl
    def delete_machines(self, cluster_id: str, machine_ids: Sequence[str]) -> None:
        left: list[str] = []
        with self._lock:
            for name in machine_ids:
                host = self.host(name)
                if host.is_frozen or host.is_cut_off:
                    left.append(name)
                elif self._machines.pop(name, None) is not None:
                    host.wipe()
                    host.move(next(self._addresses))
        if left:
            raise SeraiError(f"not reached, and left as they are: {', '.join(left)}", code="MACHINES_NOT_REMOVED")

    @hookimpl
    def get_endpoint(self, cluster: Cluster, instance: Instance) -> DirectEndpoint:
        host = self.host(instance.instance_name)
        remote: Remote = FleetRemote(host, Layout(f"/opt/serai/{cluster.name}"), self._rules)
        if self._replay is not None:
            remote = self._replay.lend(instance, remote, host)
        return DirectEndpoint(instance.instance_name, remote)

    def _machine(self, cluster_id: str, request: MachineRequest) -> Machine:
        known = self._machines.get(request.name)
        if known is not None and known.client_token != request.client_token:
            raise SeraiError(f"there is a machine {request.name} already", code="MACHINE_TAKEN", place=request.name)
        if known is None:
            host = self.host(request.name)
            known = Machine(
                host.name, host.name, request.client_token, cluster_id, host.address, host.address, host.facts.user
            )
            self._machines[host.name] = known
        return known
