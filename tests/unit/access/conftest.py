"""A yard: a provider with a finite stock of hosts, each a directory of this machine, and a framework that uses them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from smallest_plugin import Smallest

from serai.engine import ClusterSpec, Engine, plugin
from serai.engine.remote.pool import connect
from serai.hookspec import hookimpl
from serai.hookspec.access import Access, Claim, Findings, Inquiry
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import NotFound, SeraiError
from serai.hookspec.infrastructure import Host, Machine, MachineRequest
from serai.hookspec.remote import DirectEndpoint, Endpoint, LocalEndpoint
from serai.hookspec.semantics import Role

LOST = "lost"
"""The name of a host that cannot be reached: its directory would have to be made below a file."""


class Yard:
    """Gives its hosts away by the engine's claims alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.looks = 0

    @hookimpl
    def validate_infrastructure(self, cluster: Cluster, access: Access) -> Sequence[ValidationError]:
        findings = access.once("hosts", lambda: self._look(cluster.infrastructure, access))
        usable = [name for name, found in findings.items() if isinstance(found, Findings)]
        wanted = sum(group.count for group in cluster.node_groups)
        free = len({*usable} - {*access.claims.all()}) + sum(len(group.instances) for group in cluster.node_groups)
        message = f"{wanted} hosts are wanted, {free} can be had"
        return [] if wanted <= free else [ValidationError(error_message=message, code="NO_ROOM", path="node_groups")]

    @hookimpl
    def get_machine_facts(self, cluster: Cluster, node_group: NodeGroup, access: Access) -> Any:
        findings = access.once("hosts", lambda: self._look(cluster.infrastructure, access))
        return next((found.facts for found in findings.values() if isinstance(found, Findings)), None)

    @hookimpl
    def create_machines(
        self, cluster: Cluster, requests: Sequence[MachineRequest], access: Access
    ) -> Sequence[Machine]:
        claims = {claim.token: claim for claim in access.claims.all().values()}
        for request in requests:
            if request.client_token not in claims:
                claims[request.client_token] = self._claim(cluster, request, access)
        marked = access.each(
            [self._endpoint(claims[request.client_token].machine_id) for request in requests],
            lambda remote: remote.put({f"{remote.layout.conf}/cluster": cluster.name}),
            step="mark hosts",
        )
        for answer in marked.values():
            if isinstance(answer, SeraiError):
                raise answer
        return [_machine(claims[request.client_token]) for request in requests]

    @hookimpl
    def list_machines(self, cluster_id: str, access: Access) -> Sequence[Machine]:
        return [_machine(claim) for claim in access.claims.all().values() if cluster_id in ("", claim.cluster_id)]

    @hookimpl
    def delete_machines(self, machine_ids: Sequence[str], access: Access) -> None:
        access.each(
            [self._endpoint(name) for name in machine_ids],
            lambda remote: remote.remove([f"{remote.layout.conf}/cluster"]),
            step="clear hosts",
        )
        for name in machine_ids:
            access.claims.release(name)

    @hookimpl
    def get_endpoint(self, instance: Instance) -> Endpoint:
        return self._endpoint(instance.instance_id, instance.instance_name)

    @hookimpl
    def list_hosts(self, infrastructure: Mapping[str, Any], access: Access) -> Sequence[Host]:
        claims = access.claims.all()
        return [
            Host(
                name,
                "127.0.0.1",
                ("fast",),
                "r1",
                found.facts if isinstance(found, Findings) else None,
                claims.get(name),
                "" if isinstance(found, Findings) else found.message,
            )
            for name, found in self._look(infrastructure, access).items()
        ]

    @hookimpl
    def clean_host(self, infrastructure: Mapping[str, Any], name: str, access: Access) -> None:
        if name not in self._names(infrastructure, access):
            raise NotFound(f"there is no host {name}", code="HOST_NOT_FOUND")
        cleaned = access.each(
            [self._endpoint(name)],
            lambda remote: remote.remove([f"{remote.layout.conf}/cluster"]),
            step="clean",
        )
        if isinstance(error := cleaned[name], SeraiError):
            raise error

    def _names(self, infrastructure: Mapping[str, Any], access: Access) -> list[str]:
        names: list[str] = access.document(infrastructure["inventory"])["hosts"]
        return names

    def _look(self, infrastructure: Mapping[str, Any], access: Access) -> dict[str, Findings | SeraiError]:
        self.looks += 1
        return access.look([self._endpoint(name) for name in self._names(infrastructure, access)], Inquiry())

    def _claim(self, cluster: Cluster, request: MachineRequest, access: Access) -> Claim:
        for name in self._names(cluster.infrastructure, access):
            if name != LOST and name not in access.claims.all():
                return access.claims.take(name, request.client_token, cluster, {"name": request.name})
        raise SeraiError("no host is free", code="NO_ROOM")

    def _endpoint(self, name: str, host: str = "") -> Endpoint:
        if name == LOST:
            (self.root / LOST).touch()
            return LocalEndpoint(host or name, str(self.root / LOST / "below"))
        return LocalEndpoint(host or name, str(self.root / name))


class Direct(Yard):
    """A yard that brings the connections itself."""

    def _endpoint(self, name: str, host: str = "") -> Endpoint:
        return DirectEndpoint(host or name, connect(LocalEndpoint(host or name, str(self.root / name))))


def _machine(claim: Claim) -> Machine:
    return Machine(claim.machine_id, claim.info["name"], claim.token, claim.cluster_id, "127.0.0.1", "127.0.0.1")


class Tent(Smallest):
    """A framework of guards, who need root, and guests, who do not."""

    services: ClassVar = {"Tent": ["guard", "guest"]}

    @hookimpl
    def get_open_ports(self, node_group: NodeGroup) -> list[int]:
        return [7000] if node_group.name == "guards" else []

    @hookimpl
    def get_root_commands(self, node_group: NodeGroup) -> list[str]:
        return ["light a fire"] if node_group.name == "guards" else []

    @hookimpl
    def configure_cluster(self, cluster: Cluster) -> None:
        for instance in cluster.instances:
            instance.remote.run("true", root=instance.node_group.name == "guards")

    @hookimpl
    def scale_cluster(self) -> None: ...


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    """The provider."""
    return Yard(tmp_path)


@pytest.fixture
def direct(tmp_path: Path) -> Yard:
    """A provider that brings its connections."""
    return Direct(tmp_path)


@pytest.fixture
def tent_kind() -> type[Tent]:
    """The framework, for those who want another one."""
    return Tent


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., ClusterSpec]:
    """Make a spec for a yard of hosts: ``spec("demo", guests=2, hosts=["a", "b"])``."""

    def make(name: str = "demo", guests: int = 1, hosts: Sequence[str] = ("a", "b", "c")) -> ClusterSpec:
        inventory = tmp_path / "hosts.yaml"
        inventory.write_text(f"hosts: [{', '.join(hosts)}]\n")
        groups = [
            {"name": "guards", "node_processes": ["guard"]},
            {"name": "guests", "count": guests, "node_processes": ["guest"]},
        ]
        return ClusterSpec.from_dict(
            {
                "name": name,
                "plugin_name": "tent",
                "hadoop_version": "1",
                "infrastructure": {"provider": "yard", "inventory": str(inventory)},
                "node_groups": groups,
            }
        )

    return make


@pytest.fixture
def open_engine(tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    """Open an engine with a provider and a framework; all of one test share a store."""
    opened: list[Engine] = []

    def open_with(provider: object, framework: object | None = None) -> Engine:
        plugins = [
            plugin("yard", Role.INFRASTRUCTURE, provider),
            plugin("tent", Role.PROVISIONING, framework or Tent()),
        ]
        url = f"sqlite:///{tmp_path}/serai.db"
        opened.append(Engine.open(url, plugins=plugins, discover=False, cache=tmp_path / "cache"))
        return opened[-1]

    yield open_with
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(yard: Yard, open_engine: Callable[..., Engine]) -> Engine:
    """An engine with the yard."""
    return open_engine(yard)
