"""The provider ``ssh`` on real hosts: claimed, had by nobody else, left as they were."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from smallest_plugin import Smallest

from lab import clock, inventory
from lab.host import Host
from lab.image import USER
from lab.network import Lab
from lab.waiting import until
from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE, owner_of
from serai.builtin_plugins.infrastructure.ssh.provider import SSH
from serai.engine.access.lender import Lender
from serai.engine.plugins.catalog import Catalog, admitted
from serai.engine.plugins.provider import Provider
from serai.engine.remote.pool import Pool
from serai.engine.store.store import Store
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import HostsFailed, SeraiError
from serai.hookspec.infrastructure import Machine, MachineRequest
from serai.hookspec.semantics import Role
from serai.hookspec.services import Service


class Framework(Smallest):
    """One that opens a port, and does something as root where it is told so."""

    services: ClassVar = {"It": ["it"]}

    @hookimpl
    def get_open_ports(self) -> list[int]:
        return [7000]

    @hookimpl
    def get_root_commands(self, node_group: NodeGroup) -> list[str]:
        return ["mount disks"] if node_group.name == "rooted" else []


class Desk:
    """Where clusters are made: a store and the provider, as an engine has them."""

    def __init__(self, store: Store) -> None:
        self.plugins = [
            admitted("ssh", Role.INFRASTRUCTURE, SSH),
            admitted("framework", Role.PROVISIONING, Framework()),
        ]
        self.store = store

    @contextmanager
    def operation(self) -> Iterator[Provider]:
        """The provider, lent what it is in one operation."""
        catalog = Catalog(plugins=self.plugins, discover=False)
        with Lender(self.store, catalog, Pool, lambda: datetime.now(UTC)).lending() as lend:
            yield lend(catalog.provider("ssh"))

    def create(self, cluster: Cluster) -> list[Machine]:
        """Have the machines of a cluster, or those that are missing after an attempt that failed."""
        with self.operation() as provider:
            return provider.create_machines(cluster, requests(cluster))

    def validate(self, cluster: Cluster) -> list[str]:
        """Messages of what is wrong with a cluster."""
        with self.operation() as provider:
            return [error.error_message for error in provider.validate_infrastructure(cluster)]

    def delete(self, cluster: Cluster) -> None:
        """Give all of them back."""
        with self.operation() as provider:
            machines = provider.list_machines(cluster.id)
            provider.delete_machines(cluster.id, [machine.machine_id for machine in machines])


@pytest.fixture
def desks() -> Iterator[list[Desk]]:
    """Two, that do not know of each other."""
    with Store.open() as one, Store.open() as other:
        yield [Desk(one), Desk(other)]


@pytest.fixture
def desk(desks: list[Desk]) -> Desk:
    return desks[0]


@pytest.fixture(autouse=True)
def leaving(lab: Lab) -> Iterator[None]:
    """Whatever a test does, hosts have nothing of it afterwards."""
    before = [left(host) for host in lab.hosts]
    yield
    after = [left(host) for host in lab.hosts]
    for host in lab.hosts:
        host.run(["rm", "-rf", CLAIM_FILE, "/opt/serai", f"/home/{USER}/.serai"])
    assert after == before


def left(host: Host) -> str:
    """What is where clusters have files."""
    return host.run(["ls", "-A", "/opt", "/var/tmp", "/root", f"/home/{USER}"]).stdout  # noqa: S108


@pytest.fixture
def hosts_file(lab: Lab, tmp_path: Path) -> Path:
    """The inventory."""
    path = tmp_path / "hosts.yaml"
    lab.inventory(path)
    return path


def cluster(hosts_file: Path, count: int = 2, name: str = "c1", group: str = "workers", **fields: Any) -> Cluster:
    options = {"provider": "ssh", "inventory": str(hosts_file)}
    groups = [NodeGroup(group, count, ["it"], **fields)]
    return Cluster(f"demo-{name}", "framework", "1", groups, id=name, infrastructure=options)


def requests(cluster: Cluster) -> list[MachineRequest]:
    (group,) = cluster.node_groups
    names = [f"{cluster.name}-{group.name}-{number}" for number in range(1, group.count + 1)]
    return [MachineRequest(name, group.name, f"{cluster.id}-{name}") for name in names]


def names(machines: list[Machine]) -> list[str]:
    return [machine.machine_id for machine in machines]


def edit(hosts_file: Path, **fields: Any) -> None:
    """Give every host of the inventory fields; None takes one away."""
    document = yaml.safe_load(hosts_file.read_text())
    for host in document["hosts"]:
        host |= fields
        for name in [name for name, value in host.items() if value is None]:
            del host[name]
    hosts_file.write_text(yaml.safe_dump(document))


@pytest.mark.parametrize(("user", "base"), [("root", "/opt/serai"), (USER, f"/home/{USER}/.serai")])
def test_hosts_are_claimed_used_and_left_as_they_were(
    lab: Lab, desk: Desk, tmp_path: Path, user: str, base: str
) -> None:
    """By root and by a login without root: files, services and whatever else came out of them."""
    lab.inventory(tmp_path / "hosts.yaml", user=user)
    wanted = cluster(tmp_path / "hosts.yaml")
    assert desk.validate(wanted) == []
    machines = desk.create(wanted)
    assert names(machines) == ["h1", "h2"]
    assert [machine.internal_ip for machine in machines] == [host.address for host in lab.hosts[:2]]
    used = lab.hosts[0]
    assert owner_of((used.root / CLAIM_FILE[1:]).read_text()).cluster_id == "c1"
    with Pool() as pool:
        remote = pool.get(SSH.get_endpoint(wanted, instance(machines[0])))
        assert (remote.facts.user, remote.layout.prefix) == (user, f"{base}/demo-c1")
        remote.services.start(Service("bare", ("env", "-i", "sleep", "300")))
        remote.script("setsid sleep 301 >/dev/null 2>&1 &")
        remote.put({f"{remote.layout.data}/a b/c": "d"})
    running = ["pgrep", "-f", "sleep 30[01]"]
    until(lambda: len(used.run(running).stdout.split()) >= 2, "the processes to run")
    desk.delete(wanted)
    assert used.run(running, check=False).stdout == ""


def instance(machine: Machine) -> Instance:
    return Instance(machine.machine_id, machine.name, nova_info=dict(machine.info), client_token=machine.client_token)


def test_what_ran_as_root_ends_too(lab: Lab, desk: Desk, tmp_path: Path) -> None:
    """Where plugins do something as root, and the login may."""
    lab.inventory(tmp_path / "hosts.yaml", user=USER)
    wanted, host = cluster(tmp_path / "hosts.yaml", 1, group="rooted"), lab.hosts[0]
    refused = desk.validate(wanted)[0]
    assert "h1, h2, h3, h4: its login cannot be root" in refused
    with host.sudo.free():
        (machine,) = desk.create(wanted)
        with Pool() as pool:
            endpoint = SSH.get_endpoint(wanted, instance(machine))
            remote = pool.get(endpoint, root=True)
            remote.script('touch "$1"; setsid sleep 302 >/dev/null 2>&1 &', f"{remote.layout.data}/x", root=True)
        until(lambda: bool(host.run(["pgrep", "-u", "root", "-f", "sleep 302"]).stdout), "the process to run")
        desk.delete(wanted)
        assert host.run(["pgrep", "-f", "sleep 302"], check=False).stdout == ""


def test_two_engines_never_get_one_host(lab: Lab, desks: list[Desk], hosts_file: Path) -> None:
    """Though neither knows the other, and both ask at the same time: each has all it wants, or says what it lacks."""
    wanted = [cluster(hosts_file, 2, name) for name in ("c1", "c2")]
    for _ in range(3):
        with ThreadPoolExecutor(2) as threads:
            given = [
                names(made)
                for made in threads.map(lambda pair: pair[0].create(pair[1]), zip(desks, wanted, strict=True))
            ]
        assert sorted([*given[0], *given[1]]) == ["h1", "h2", "h3", "h4"]
        with pytest.raises(SeraiError, match="cluster demo-c2 of an engine on") as caught:
            desks[0].create(cluster(hosts_file, 1, "c3"))
        assert caught.value.code == "NOT_ENOUGH_HOSTS"
        for desk, each in zip(desks, wanted, strict=True):
            desk.delete(each)


def test_all_that_is_wrong_with_hosts_is_told_at_once(lab: Lab, desk: Desk, hosts_file: Path) -> None:
    """Each in one round trip, before anything is changed."""
    if clock.library() is None:
        pytest.skip("no libfaketime")
    slow, full, busy, stopped = lab.hosts
    listener = "import socket,time; s=socket.create_server(('', 7000)); print(flush=True); time.sleep(60)"
    with (
        slow.clock.ahead(60),
        full.disk.full(but=2**20),
        stopped.sshd.stopped(),
        busy.enclosure.popen(["python3", "-c", listener]),
    ):
        until(lambda: busy.enclosure.listens(7000), "somebody to listen")
        (message,) = desk.validate(cluster(hosts_file, 1))
        busy.run(["pkill", "-f", "create_server"])
    assert "h1: its clock is " in message
    assert "s ahead, at most 5 s are allowed" in message
    assert re.search(r"h2: has [01] MiB free in /opt/serai, 1024 are required", message)
    assert "h3: something listens on port 7000 already" in message
    assert "h4: cannot be reached: " in message


def test_a_first_contact_is_pinned(lab: Lab, desk: Desk, hosts_file: Path) -> None:
    """Believed once; from then on the host is held to the key it showed, and another one stops everything."""
    edit(hosts_file, host_key=None, first_contact=True)
    wanted, host = cluster(hosts_file, 1), lab.hosts[0]
    (machine,) = desk.create(wanted)
    assert machine.info["host_keys"] == [host.host_key]
    with desk.operation() as provider:
        (note,) = [each.note for each in provider.list_hosts(wanted.infrastructure) if each.name == "h1"]
    assert note.startswith("believed at first contact: SHA256:")
    with host.sshd.with_another_key():
        (message,) = desk.validate(cluster(hosts_file, 2))
        assert message.startswith("h1: ")
        with pytest.raises(SeraiError, match="demo-c1-workers-1 on h1"):
            desk.delete(wanted)
    desk.delete(wanted)


def test_a_frozen_host_is_spared_or_named(lab: Lab, desk: Desk, hosts_file: Path) -> None:
    """Whatever it was that nobody answered; once it is thawed, the same is had."""
    wanted, host = cluster(hosts_file, 4), lab.hosts[2]
    with host.frozen():
        with pytest.raises(SeraiError, match="h3: cannot be reached: ") as caught:
            desk.create(wanted)
        assert caught.value.code == "NOT_ENOUGH_HOSTS"
        wanted.node_groups[0].min_ready = 3
        machines = desk.create(wanted)
        assert names(machines) == ["h1", "h2", "h4", "h3"]
        assert machines[-1].info["fault"]
        desk.delete(wanted)
    wanted.node_groups[0].min_ready = None
    assert names(desk.create(wanted)) == ["h1", "h2", "h3", "h4"]
    desk.delete(wanted)


def test_a_host_that_is_cut_off_while_it_is_claimed_is_named(lab: Lab, desk: Desk, hosts_file: Path) -> None:
    """The next attempt has the same hosts; and what cannot be cleaned is told, and cleaned later."""
    wanted, host = cluster(hosts_file, 4), lab.hosts[1]
    with desk.operation() as provider:
        assert provider.validate_infrastructure(wanted) == []
        with host.frozen(), pytest.raises(HostsFailed, match="demo-c1-workers-2 on h2"):
            provider.create_machines(wanted, requests(wanted))
    assert names(desk.create(wanted)) == ["h1", "h2", "h3", "h4"]
    with host.sshd.stopped(), pytest.raises(SeraiError, match="demo-c1-workers-2 on h2"):
        desk.delete(wanted)
    assert list(desk.store.claims("ssh")) == ["h2"]
    desk.delete(wanted)


def test_a_host_of_a_store_that_is_lost_is_cleaned_by_hand(lab: Lab, desks: list[Desk], hosts_file: Path) -> None:
    """By any engine that can log in."""
    lost, wanted = desks[0], cluster(hosts_file, 1)
    lost.create(wanted)
    with desks[1].operation() as provider:
        (note,) = [each.note for each in provider.list_hosts(wanted.infrastructure) if each.note]
        assert note.startswith("cluster demo-c1 of an engine on ")
        provider.clean_host(wanted.infrastructure, "h1")
        assert [each.note for each in provider.list_hosts(wanted.infrastructure)] == [""] * 4


def test_hosts_known_by_name_are_reached_by_address(lab: Lab, desk: Desk, hosts_file: Path) -> None:
    """The name must be known on the others, and be that host's."""
    document = inventory.document(lab.hosts, lab.identity_file, "root", {})
    for entry in document["hosts"]:
        entry["internal_address"] = entry["name"]
    inventory.write(hosts_file, document)
    wanted = cluster(hosts_file)
    assert [machine.internal_ip for machine in desk.create(wanted)] == [host.address for host in lab.hosts[:2]]
    desk.delete(wanted)
    document["hosts"][1]["internal_address"] = "nobody"
    inventory.write(hosts_file, document)
    assert desk.validate(wanted) == ["h2: 'nobody' is no name that h1 knows"]
