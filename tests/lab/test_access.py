"""What providers are lent, over SSH."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from attrs import evolve
from smallest_plugin import Smallest

from lab import clock, inventory
from lab.host import Host
from lab.image import USER
from lab.network import Lab
from serai.builtin_plugins.infrastructure.ssh.provider import SSH
from serai.engine import ClusterSpec, Engine, plugin
from serai.engine.access.lender import Lender
from serai.engine.plugins.catalog import Catalog, admitted
from serai.engine.remote.pool import Pool
from serai.engine.store.store import Store
from serai.hookspec import hookimpl
from serai.hookspec.access import Access, Findings, Inquiry
from serai.hookspec.errors import (
    ConnectionLost,
    DeadlineExceeded,
    HostKeyRefused,
    OperationCancelled,
    SeraiError,
    Unreachable,
)
from serai.hookspec.listening import EventKind
from serai.hookspec.remote import SshEndpoint
from serai.hookspec.semantics import Role
from serai.hookspec.services import Service


class Keeper:
    """A provider that lets its access be seen."""

    @hookimpl
    def create_machines(self) -> None: ...

    @hookimpl
    def list_machines(self, access: Access) -> list[Any]:
        self.access = access
        return []

    @hookimpl
    def delete_machines(self) -> None: ...

    @hookimpl
    def get_endpoint(self) -> None: ...


@pytest.fixture
def access() -> Iterator[Access]:
    """What a hook gets, while something is validated."""
    keeper = Keeper()
    catalog = Catalog(plugins=[admitted("keeper", Role.INFRASTRUCTURE, keeper)], discover=False)
    with Store.open() as store, Lender(store, catalog, Pool, lambda: datetime.now(UTC)).lending() as lend:
        lend(catalog.provider("keeper")).list_machines("")
        yield keeper.access


@pytest.fixture
def endpoint(lab: Lab) -> Callable[..., SshEndpoint]:
    """Make an endpoint that is only looked at."""

    def make(host: Host, user: str = "root", **fields: Any) -> SshEndpoint:
        made = SshEndpoint(
            host.name,
            host.address,
            user=user,
            port=host.port,
            identity_file=lab.identity_file,
            host_keys=(host.host_key,),
        )
        return evolve(made, **fields)

    return make


def test_hosts_are_looked_at_in_one_connection_each(lab: Lab, access: Access, endpoint: Callable[..., SshEndpoint]):
    """Twice, however often: what they are like, what listens, whom they know, what is on them; nothing is changed."""
    before = [host.sshd.log.count("Accepted publickey") for host in lab.hosts]
    for host in lab.hosts:
        (host.root / "var/tmp/mark").write_text(f"mark of {host.name}\n")
    inquiry = Inquiry(
        ports=(22, 7077),
        names=(*(host.name for host in lab.hosts), "nobody"),
        files=("/var/tmp/mark", "~/none"),  # noqa: S108
        directories=("/opt/serai/demo", "~/x"),
        root=True,
    )
    for _ in range(2):
        found = access.look([endpoint(host) for host in lab.hosts], inquiry)
    assert [host.sshd.log.count("Accepted publickey") for host in lab.hosts] == [count + 1 for count in before]
    for host in lab.hosts:
        seen = found[host.name]
        assert isinstance(seen, Findings)
        assert (seen.facts.hostname, seen.facts.addresses) == (host.name, (host.address,))
        assert abs(seen.clock_skew) < 2
        assert seen.ports_taken == (22,)
        others = {other.name: other.address for other in lab.hosts if other is not host}
        assert {name: seen.addresses[name] for name in others} == others
        assert seen.addresses["nobody"] == ""
        assert seen.files == {"/var/tmp/mark": f"mark of {host.name}\n"}  # noqa: S108
        assert [place.writable for place in seen.places.values()] == [True, True]
        assert (seen.root_refused, seen.host_keys) == ("", (host.host_key,))
        assert not (host.root / "opt/serai/demo").exists()
        (host.root / "var/tmp/mark").unlink()


def test_what_is_wrong_with_a_host_is_its_answer(lab: Lab, access: Access, endpoint: Callable[..., SshEndpoint]):
    """Within the limit, each its own; the one that is well is not kept waiting."""
    frozen, keyless, stopped, well = lab.hosts
    other_key = endpoint(keyless, host_keys=(well.host_key,))
    began = time.monotonic()
    with frozen.frozen(), stopped.sshd.stopped():
        endpoints = [endpoint(frozen), other_key, endpoint(stopped), endpoint(well)]
        found = access.look(endpoints, Inquiry(), timeout=8)
        seconds = time.monotonic() - began
    assert seconds < 12
    assert isinstance(found[frozen.name], Unreachable | ConnectionLost | DeadlineExceeded)
    assert isinstance(found[keyless.name], HostKeyRefused)
    assert isinstance(found[stopped.name], Unreachable)
    assert isinstance(found[well.name], Findings)
    for host in (frozen, keyless, stopped):
        error = found[host.name]
        assert isinstance(error, SeraiError)
        assert error.place == host.name


def test_who_cannot_become_root_is_told_why(lab: Lab, access: Access, endpoint: Callable[..., SshEndpoint]):
    """By sudo itself, which is never let ask."""
    host = lab.hosts[0]

    def refused() -> str:
        found = access.look([endpoint(host, USER)], Inquiry(root=True))[host.name]
        assert isinstance(found, Findings)
        return found.root_refused

    assert "password is required" in refused()
    with host.sudo.with_password():
        assert "password is required" in refused()
    with host.sudo.free():
        assert refused() == ""


@pytest.mark.skipif(clock.library() is None, reason="no libfaketime is installed")
@pytest.mark.parametrize("seconds", [600, -90])
def test_a_clock_that_is_wrong_is_seen(
    lab: Lab, access: Access, endpoint: Callable[..., SshEndpoint], seconds: int
) -> None:
    """Ahead is positive."""
    host = lab.hosts[0]
    with host.clock.ahead(seconds):
        found = access.look([endpoint(host)], Inquiry())[host.name]
    assert isinstance(found, Findings)
    assert found.clock_skew == pytest.approx(seconds, abs=2)


class Tiny(Smallest):
    """The smallest plugin whose clusters live."""

    services: ClassVar = {"Tiny": ["tiny"]}

    def __init__(self) -> None:
        self.configure: Callable[..., None] = lambda cluster, run: None

    @hookimpl
    def configure_cluster(self, cluster: Any, run: Any) -> None:
        self.configure(cluster, run)


@pytest.fixture
def tiny() -> Tiny:
    """The plugin; ``configure`` may be set to what it shall do."""
    return Tiny()


@pytest.fixture
def engine(tiny: Tiny, tmp_path: Path) -> Iterator[Engine]:
    """An engine with it and the provider ``ssh``; what it made is gone afterwards."""
    plugins = [plugin("tiny", Role.PROVISIONING, tiny), plugin("ssh", Role.INFRASTRUCTURE, SSH)]
    with Engine.open(plugins=plugins, discover=False, cache=tmp_path / "cache") as opened:
        yield opened
        for cluster in opened.clusters.list():
            opened.clusters.delete(cluster.name, force=True).result(120)


@pytest.fixture
def spec(lab: Lab, tmp_path: Path) -> Callable[..., ClusterSpec]:
    """Make a spec of two instances; its inventory's hosts may be changed by name."""

    def make(**changes: dict[str, Any]) -> ClusterSpec:
        document = inventory.document(lab.hosts, lab.identity_file, "root", {})
        for host in document["hosts"]:
            for key, value in changes.get(host["name"], {}).items():
                host.pop(key, None) if value is None else host.update({key: value})
        (tmp_path / "hosts.yaml").write_text(yaml.safe_dump(document))
        group = {"name": "all", "count": 2, "node_processes": ["tiny"]}
        infrastructure = {"provider": "ssh", "inventory": "hosts.yaml"}
        cluster = {"name": "t", "plugin_name": "tiny", "hadoop_version": "1", "infrastructure": infrastructure}
        (tmp_path / "t.yaml").write_text(yaml.safe_dump({**cluster, "node_groups": [group]}))
        return ClusterSpec.from_file(tmp_path / "t.yaml")

    return make


def test_a_first_contact_is_on_record(lab: Lab, engine: Engine, spec: Callable[..., ClusterSpec]) -> None:
    """Host and key, as a warning of the operation; from then on the host is held to that key."""
    changes = {host.name: {"host_key": None, "first_contact": True} for host in lab.hosts}
    operation = engine.clusters.create(spec(**changes))
    cluster = operation.result(120)
    warnings = {event.host: event for event in operation.events() if event.kind is EventKind.WARNING}
    keys = {host.name: host.host_key for host in lab.hosts}
    for instance in cluster.instances:
        event = warnings[instance.instance_id]
        assert event.data["host_keys"] == [keys[instance.instance_id]]
        assert keys[instance.instance_id] in event.message
    with next(host for host in lab.hosts if host.name == cluster.instances[0].instance_id).sshd.with_another_key():
        report = engine.clusters.health("t")
    assert "key" in next(check.reason for check in report.checks if cluster.instances[0].instance_name in check.name)


def test_an_operation_has_one_connection_to_each_host(
    lab: Lab, engine: Engine, tiny: Tiny, spec: Callable[..., ClusterSpec]
) -> None:
    """For its provider and its plugins together; the validation before it has one of its own."""

    def configure(cluster: Any, run: Any) -> None:
        run.each(cluster.instances, lambda each: each.remote.put({f"{each.remote.layout.conf}/x": "y"}), step="write")

    tiny.configure = configure
    spec_of_two = spec()
    engine.hosts.list(spec_of_two.infrastructure)
    before = {host.name: host.sshd.log.count("Accepted publickey") for host in lab.hosts}
    cluster = engine.clusters.create(spec_of_two).result(120)
    after = {host.name: host.sshd.log.count("Accepted publickey") for host in lab.hosts}
    for instance in cluster.instances:
        assert after[instance.instance_id] - before[instance.instance_id] <= 2


def test_a_cancelled_operation_ends_what_runs_on_the_hosts(
    lab: Lab, engine: Engine, tiny: Tiny, spec: Callable[..., ClusterSpec]
) -> None:
    """Soon, and nothing goes on there."""
    began = threading.Barrier(3)

    def sleep(instance: Any) -> None:
        began.wait(60)
        instance.remote.run("sleep", "4321")

    tiny.configure = lambda cluster, run: run.each(cluster.instances, sleep, step="sleep")
    operation = engine.clusters.create(spec())
    began.wait(60)
    time.sleep(1)
    asked = time.monotonic()
    operation.cancel()
    with pytest.raises(OperationCancelled):
        operation.result(60)
    assert time.monotonic() - asked < 15
    deadline = time.monotonic() + 15
    while (left := _sleeping(lab)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == []


def _sleeping(lab: Lab) -> list[str]:
    return [host.name for host in lab.hosts if host.run(["pgrep", "-f", "sleep 4321"], check=False).stdout.strip()]


def test_hosts_are_listed_whatever_is_wrong_with_them(
    lab: Lab, engine: Engine, spec: Callable[..., ClusterSpec]
) -> None:
    """Those that do not answer say why; those that a cluster has say which."""
    cluster = engine.clusters.create(spec()).result(120)
    used = {instance.instance_id for instance in cluster.instances}
    keyless, stopped = (host for host in lab.hosts if host.name not in used)
    infrastructure = spec(**{keyless.name: {"host_key": stopped.host_key}}).infrastructure
    with stopped.sshd.stopped():
        hosts = {host.name: host for host in engine.hosts.list(infrastructure)}
    assert {host.name for host in hosts.values() if host.claim is not None and host.claim.cluster_name == "t"} == used
    assert "key" in hosts[keyless.name].note
    assert "refused" in hosts[stopped.name].note
    assert hosts[keyless.name].facts is hosts[stopped.name].facts is None


def test_what_a_lost_engine_left_is_cleaned(
    lab: Lab, tiny: Tiny, spec: Callable[..., ClusterSpec], tmp_path: Path, engine: Engine
) -> None:
    """Its store is gone; what it left on the hosts tells that they are taken, until a person says otherwise."""
    tiny.configure = lambda cluster, run: run.each(
        cluster.instances,
        lambda each: each.remote.services.start(Service("nap", ("sleep", "9876"))),
        step="nap",
    )
    plugins = [plugin("tiny", Role.PROVISIONING, tiny), plugin("ssh", Role.INFRASTRUCTURE, SSH)]
    with Engine.open(plugins=plugins, discover=False, cache=tmp_path / "cache") as lost:
        cluster = lost.clusters.create(spec()).result(120)
    names = [instance.instance_id for instance in cluster.instances]
    infrastructure = spec().infrastructure
    left = {host.name: host for host in engine.hosts.list(infrastructure)}
    assert all(left[name].note and left[name].claim is None for name in names)
    for name in names:
        engine.hosts.clean(infrastructure, name)
    assert [host.note for host in engine.hosts.list(infrastructure)] == [""] * len(lab.hosts)
    assert [host.name for host in lab.hosts if host.run(["pgrep", "-f", "sleep 9876"], check=False).stdout] == []
    assert [host.name for host in lab.hosts if any((host.root / "opt/serai").glob("*"))] == []
