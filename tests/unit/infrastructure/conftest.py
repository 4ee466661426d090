"""Hosts for the provider ``ssh`` without SSH: each is a directory in which its paths are; scripts run for real."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from attrs import define, evolve, field

from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE
from serai.builtin_plugins.infrastructure.ssh.provider import SshProvider
from serai.hookspec.access import Claim, Findings, Inquiry, Place
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import CommandFailed, SeraiError
from serai.hookspec.facts import Disk, Facts
from serai.hookspec.infrastructure import Machine, MachineRequest
from serai.hookspec.remote import CompletedCommand, Endpoint, SshEndpoint

T = TypeVar("T")

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJKBk9CzVlDBKTn2uopph45+eeBJQYYxn4GdA8Bepk/Y"


@define(eq=False)
class DirectoryHost:
    """A host whose files are below a directory.

    Attributes:
        root: that directory.
        facts: what it is like.
        skew: its clock minus the engine's, in seconds.
        listening: ports that are taken.
        knows: addresses by the names it knows.
        unwritable: directories that the login may not write to.
        free_mb: free on its disk, in MiB.
        mounts: mount points beside the root.
        root_refused: why its login cannot be root.
        error: what whoever connects gets, if anything.
        before: done before the next script that runs on it.
        as_root: of each script that ran on it, whether as root.
    """

    root: Path
    facts: Facts = Facts(memory_mb=4096, cpus=2, user="me", home="/home/me", hostname="inner")
    skew: float = 0.0
    listening: tuple[int, ...] = ()
    knows: Mapping[str, str] = field(factory=dict)
    unwritable: tuple[str, ...] = ()
    free_mb: int = 9000
    mounts: tuple[str, ...] = ()
    root_refused: str = ""
    error: SeraiError | None = None
    before: Callable[[], None] | None = None
    as_root: list[bool] = field(factory=list)

    def path(self, path: str) -> Path:
        """Where a path of the host is."""
        return self.root / path.lstrip("/")

    @property
    def claim(self) -> Path:
        """Its claim file."""
        return self.path(CLAIM_FILE)

    def findings(self, inquiry: Inquiry) -> Findings:
        there = {path: self.path(path) for path in inquiry.files if self.path(path).exists()}
        files = {path: file.read_text() if file.is_file() else "" for path, file in there.items()}
        return Findings(
            facts=self.facts,
            clock_skew=self.skew,
            ports_taken=tuple(port for port in inquiry.ports if port in self.listening),
            addresses={name: self.knows.get(name, "") for name in inquiry.names},
            files=files,
            places={path: self._place(path) for path in inquiry.directories},
            root_refused=self.root_refused if inquiry.root else "",
            host_keys=(KEY,),
        )

    def _place(self, path: str) -> Place:
        mount = next((mount for mount in self.mounts if path.startswith(mount)), "/")
        return Place(Disk(mount, 9999, self.free_mb), not any(path.startswith(each) for each in self.unwritable))


@define(eq=False)
class DirectoryRemote:
    """A connection to such a host: paths among the arguments are moved below its directory."""

    host: str
    machine: DirectoryHost

    def script(self, text: str, *args: str, **options: Any) -> CompletedCommand:
        return self.run("dash", "-c", text, "sh", *args, **options)

    def run(
        self, *argv: str, stdin: str = "", check: bool = True, root: bool = False, timeout: float = 60
    ) -> CompletedCommand:
        if self.machine.before is not None:
            before, self.machine.before = self.machine.before, None
            before()
        if self.machine.error is not None:
            raise self.machine.error
        self.machine.as_root.append(root)
        moved = [str(self.machine.path(arg)) if arg.startswith("/") else arg for arg in argv]
        ended = subprocess.run(moved, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
        if check and ended.returncode != 0:
            raise CommandFailed(ended.stderr, host=self.host)
        return CompletedCommand(tuple(argv), ended.returncode, ended.stdout, ended.stderr)


@define(eq=False)
class DirectoryClaims:
    """Claims in memory."""

    claims: dict[str, Claim] = field(factory=dict)

    def all(self) -> Mapping[str, Claim]:
        return dict(self.claims)

    def take(self, machine_id: str, token: str, cluster: Cluster, info: Mapping[str, Any]) -> Claim:
        held = self.claims.get(machine_id)
        if held is not None and held.token != token:
            raise SeraiError(f"{machine_id} is claimed by cluster {held.cluster_name}", code="MACHINE_TAKEN")
        assert not [name for name, each in self.claims.items() if each.token == token and name != machine_id]
        since = datetime.now(UTC) if held is None else held.since
        self.claims[machine_id] = Claim(machine_id, cluster.id, cluster.name, token, since, dict(info))
        return self.claims[machine_id]

    def release(self, machine_id: str) -> None:
        self.claims.pop(machine_id, None)


@define(eq=False)
class DirectoryAccess:
    """What the engine would lend, over such hosts. A new one for each operation, as the engine's.

    Attributes:
        hosts: them, by address.
        inventory: the inventory document, or why there is none.
        claims: shared between operations.
        ports: that plugins open, by node group.
        root: what plugins do as root.
        looks: the endpoints of each look at hosts, by its number.
    """

    hosts: Mapping[str, DirectoryHost]
    inventory: Any
    claims: DirectoryClaims
    ports: Mapping[str, Sequence[int]] = field(factory=dict)
    root: Sequence[str] = ()
    looks: list[list[SshEndpoint]] = field(factory=list)
    steps: list[str] = field(factory=list)
    _made: dict[str, Any] = field(factory=dict)

    def look(
        self, endpoints: Sequence[Endpoint], inquiry: Inquiry, *, timeout: float = 30.0
    ) -> dict[str, Findings | SeraiError]:
        self.looks.append([each for each in endpoints if isinstance(each, SshEndpoint)])
        return {each.host: self._host(each).error or self._host(each).findings(inquiry) for each in endpoints}

    def each(
        self, endpoints: Sequence[Endpoint], function: Callable[[Any], T], *, step: str, timeout: float = 300.0
    ) -> dict[str, T | SeraiError]:
        self.steps.append(step)
        answers: dict[str, T | SeraiError] = {}
        for endpoint in endpoints:
            try:
                answers[endpoint.host] = function(DirectoryRemote(endpoint.host, self._host(endpoint)))
            except SeraiError as error:
                answers[endpoint.host] = error
        return answers

    def _host(self, endpoint: Endpoint) -> DirectoryHost:
        assert isinstance(endpoint, SshEndpoint)
        assert endpoint.prefix == ""
        return self.hosts[endpoint.address]

    def document(self, path: str) -> Any:
        if isinstance(self.inventory, SeraiError):
            raise self.inventory
        return self.inventory

    def open_ports(self, node_group: NodeGroup) -> Sequence[int]:
        return self.ports.get(node_group.name, ())

    def root_commands(self, node_group: NodeGroup) -> Sequence[str]:
        return self.root

    def once(self, key: str, make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        answer: T = self._made[key]
        return answer


@define(eq=False)
class Yard:
    """Four hosts and a provider for them.

    Attributes:
        hosts: by name; their addresses are ``10.0.0.1`` and so on.
        inventory: the document.
        entries: its hosts.
    """

    hosts: dict[str, DirectoryHost]
    inventory: dict[str, Any]
    entries: list[dict[str, Any]]
    claims: DirectoryClaims = field(factory=DirectoryClaims)
    ports: dict[str, Sequence[int]] = field(factory=dict)
    root: list[str] = field(factory=list)
    provider: SshProvider = field(factory=SshProvider)

    def access(self) -> DirectoryAccess:
        """What the engine lends for one operation."""
        addresses = {entry["address"]: self.hosts[entry["name"]] for entry in self.entries}
        return DirectoryAccess(addresses, self.inventory, self.claims, self.ports, self.root)

    def entry(self, name: str) -> dict[str, Any]:
        """A host's entry in the inventory."""
        return next(entry for entry in self.entries if entry["name"] == name)

    def cluster(self, count: int = 2, name: str = "c1", **group: Any) -> Cluster:
        """A cluster of one master and some workers."""
        groups = [NodeGroup("masters", 1, ["master"]), NodeGroup("workers", count, ["worker"], **group)]
        options = {"provider": "ssh", "inventory": "/etc/hosts.yaml"}
        return Cluster(f"demo-{name}", "spark", "4.3.0", groups, id=name, infrastructure=options)

    def create(self, cluster: Cluster, access: DirectoryAccess | None = None) -> list[Machine]:
        """Have all machines of a cluster, in use as the engine would have them."""
        machines = list(self.provider.create_machines(cluster, requests(cluster), access or self.access()))
        for machine in machines:
            group = cluster.node_group(machine.name.split("-")[-2])
            group.add_instance(as_instance(machine))
        return machines


def requests(cluster: Cluster) -> list[MachineRequest]:
    """What the engine would ask for."""
    return [
        MachineRequest(f"{cluster.name}-{group.name}-{number}", group.name, f"{cluster.id}-{group.name}-{number}")
        for group in cluster.node_groups
        for number in range(1, group.count + 1)
    ]


def as_instance(machine: Machine) -> Instance:
    """A machine as the engine takes it into a cluster."""
    return Instance(
        machine.machine_id,
        machine.name,
        machine.internal_ip,
        machine.management_ip,
        nova_info=dict(machine.info),
        client_token=machine.client_token,
    )


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    """Four hosts, h1 to h4, in two racks."""
    entries = [
        {"name": f"h{number}", "address": f"10.0.0.{number}", "host_key": KEY, "rack": f"r{(number + 1) // 2}"}
        for number in range(1, 5)
    ]
    hosts = {entry["name"]: DirectoryHost(tmp_path / entry["name"]) for entry in entries}
    for number, host in enumerate(hosts.values(), 1):
        host.facts = evolve(host.facts, addresses=(f"192.168.0.{number}",))
        host.claim.parent.mkdir(parents=True)
    return Yard(hosts, {"hosts": entries}, entries)


@pytest.fixture
def start() -> Iterator[Callable[..., int]]:
    """Starts processes in sessions of their own, with variables in their environment; those left end with the test."""
    started: list[subprocess.Popen[bytes]] = []
    reapers: list[threading.Thread] = []

    def begin(*argv: str, **env: str) -> int:
        process = subprocess.Popen(argv, env={**os.environ, **env}, start_new_session=True)
        started.append(process)
        reapers.append(threading.Thread(target=process.wait))
        reapers[-1].start()
        return process.pid

    yield begin
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    for reaper in reapers:
        reaper.join()
