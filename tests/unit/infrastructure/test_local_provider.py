import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from serai.builtin_plugins.infrastructure.local import LOCAL, LocalProvider
from serai.engine.remote.machine import RemoteMachine
from serai.engine.remote.pool import connect
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import NotFound, SeraiError
from serai.hookspec.infrastructure import Machine, MachineRequest
from serai.hookspec.services import Service


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def provider(root: Path) -> Iterator[LocalProvider]:
    """A provider with a root of its own; what a test leaves is removed."""
    provider = LocalProvider(root)
    yield provider
    for machine in provider.list_machines(""):
        provider.delete_machines(machine.cluster_id, [machine.machine_id])


def cluster(name: str = "c1") -> Cluster:
    return Cluster("demo", "spark", "4.3.0", id=name, infrastructure={"provider": "local"})


def requests(*numbers: int) -> list[MachineRequest]:
    return [MachineRequest(f"demo-workers-{number}", "workers", f"token-{number}") for number in numbers]


def ids(machines: Sequence[Machine]) -> list[str]:
    return [machine.machine_id for machine in machines]


def remote_of(provider: LocalProvider, machine: Machine) -> RemoteMachine:
    instance = Instance(machine.machine_id, machine.name)
    return connect(provider.get_endpoint(cluster(machine.cluster_id), instance))


def test_machines_are_directories_with_an_address_each(provider: LocalProvider, root: Path) -> None:
    """Named as asked, with loopback addresses that nobody else has."""
    machines = provider.create_machines(cluster(), requests(1, 2, 3))
    assert [machine.name for machine in machines] == ["demo-workers-1", "demo-workers-2", "demo-workers-3"]
    assert all((root / "c1" / machine.name).is_dir() for machine in machines)
    assert len({machine.internal_ip for machine in machines}) == 3
    assert all(machine.internal_ip == machine.management_ip for machine in machines)
    assert not any(machine.internal_ip.startswith("127.0.") for machine in machines)


def test_the_same_token_gives_the_same_machine(provider: LocalProvider) -> None:
    """In the order of the requests, new ones beside."""
    first = provider.create_machines(cluster(), requests(1, 2))
    again = provider.create_machines(cluster(), requests(2, 3, 1))
    assert [again[2], again[0]] == first
    assert len(provider.list_machines("c1")) == 3


def test_machines_are_listed_by_name(provider: LocalProvider) -> None:
    """Of one cluster, or of all."""
    made = provider.create_machines(cluster(), requests(2, 1))
    other = provider.create_machines(cluster("c2"), requests(1))
    assert provider.list_machines("c1") == sorted(made, key=lambda machine: machine.name)
    assert provider.list_machines("c2") == other
    assert {machine.machine_id for machine in provider.list_machines("")} == {*ids(made), *ids(other)}
    assert provider.list_machines("never") == []


def test_what_was_made_is_found_by_another_process(provider: LocalProvider, root: Path) -> None:
    """All there is to know is on disk."""
    machines = provider.create_machines(cluster(), requests(1))
    assert LocalProvider(root).list_machines("c1") == machines


def test_machines_made_at_once_have_addresses_of_their_own(provider: LocalProvider, root: Path) -> None:
    """Whichever clusters, threads and processes they are made by."""
    code = (
        "import sys; from pathlib import Path; from serai.builtin_plugins.infrastructure.local import LocalProvider;"
        "from serai.hookspec.cluster import Cluster; from serai.hookspec.infrastructure import MachineRequest;"
        "LocalProvider(Path(sys.argv[1])).create_machines(Cluster('d', 'p', '1', id='other'),"
        "[MachineRequest(f'd-{n}', 'w', f't{n}') for n in range(20)])"
    )
    with subprocess.Popen([sys.executable, "-c", code, root]) as process, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: provider.create_machines(cluster(f"c{number}"), requests(*range(5))), range(4)))
        assert process.wait(30) == 0
    addresses = [machine.internal_ip for machine in provider.list_machines("")]
    assert (len(addresses), len(set(addresses))) == (40, 40)


def test_a_name_taken_by_another_token_is_an_error(provider: LocalProvider) -> None:
    """Nothing is overwritten."""
    provider.create_machines(cluster(), requests(1))
    with pytest.raises(SeraiError, match="there is a machine demo-workers-1 already") as caught:
        provider.create_machines(cluster(), [MachineRequest("demo-workers-1", "workers", "another")])
    assert caught.value.code == "MACHINE_EXISTS"
    assert len(provider.list_machines("")) == 1


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b"])
def test_a_name_that_is_no_directorys_is_refused(provider: LocalProvider, name: str) -> None:
    """Before anything is made."""
    with pytest.raises(SeraiError, match="not the name of a directory"):
        provider.create_machines(cluster(), [MachineRequest(name, "workers", "t")])
    assert provider.list_machines("") == []


def test_an_instance_is_reached_below_its_directory(provider: LocalProvider) -> None:
    """What runs there carries the machine's mark."""
    (machine,) = provider.create_machines(cluster(), requests(1))
    remote = remote_of(provider, machine)
    assert remote.layout.prefix == machine.info["directory"]
    assert remote.script("echo $SERAI_INSTANCE").stdout.strip() == machine.machine_id
    assert remote.host == machine.name


def test_a_machine_that_is_gone_has_no_endpoint(provider: LocalProvider) -> None:
    """Rather than a directory that comes back by being used."""
    (machine,) = provider.create_machines(cluster(), requests(1))
    provider.delete_machines("c1", ids([machine]))
    with pytest.raises(NotFound, match="the machine of demo-workers-1 is not below"):
        remote_of(provider, machine)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


STARTS: dict[str, str] = {
    "daemon": "setsid sleep 60 >/dev/null 2>&1 & echo $!",
    "stubborn": "setsid sh -c 'trap \"\" TERM; exec sleep 60' >/dev/null 2>&1 & echo $!",
    "halted": "setsid sleep 60 >/dev/null 2>&1 & kill -STOP $!; echo $!",
}


def test_deleting_a_machine_ends_its_processes(
    provider: LocalProvider, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Daemons, those that ignore TERM, and those that were halted."""
    monkeypatch.setattr("serai.builtin_plugins.infrastructure.processes._GRACE", 0.3)
    (machine,) = provider.create_machines(cluster(), requests(1))
    remote = remote_of(provider, machine)
    pids = [int(remote.script(start).stdout) for start in STARTS.values()]
    time.sleep(0.05)
    assert [alive(pid) for pid in pids] == [True] * 3
    provider.delete_machines("c1", ids([machine]))
    assert [alive(pid) for pid in pids] == [False] * 3
    assert list(root.iterdir()) == []


def test_deleting_a_machine_ends_services_without_its_mark(
    provider: LocalProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has cleared its environment and lost its keeper is found by its record."""
    (machine,) = provider.create_machines(cluster(), requests(1))
    remote = remote_of(provider, machine)
    remote.services.start(Service("bare", ("env", "-i", "/bin/sh", "-c", "/bin/sleep 60 & /bin/sleep 60")))
    pid = remote.services.status("bare")["bare"].pid
    record = Path(remote.layout.run, "services", "bare", "record").read_text()
    keeper = int(dict(line.split("=", 1) for line in record.splitlines())["keeper"])
    os.kill(keeper, 9)
    provider.delete_machines("c1", ids([machine]))
    assert not alive(pid)


def test_deleting_a_machine_leaves_the_others_alone(provider: LocalProvider) -> None:
    """Their processes, directories and addresses."""
    gone, kept = provider.create_machines(cluster(), requests(1, 2))
    pid = int(remote_of(provider, kept).script(STARTS["daemon"]).stdout)
    provider.delete_machines("c1", ids([gone]))
    assert provider.list_machines("") == [kept]
    assert alive(pid)


def test_deleting_what_does_not_exist_is_no_error(provider: LocalProvider) -> None:
    """Neither machine nor cluster."""
    machines = provider.create_machines(cluster(), requests(1))
    for _ in range(2):
        provider.delete_machines("c1", ids(machines))
    provider.delete_machines("never", ["no-such-id"])


def test_deleting_takes_what_was_made_unwritable(provider: LocalProvider, root: Path) -> None:
    """Software may take away its own rights."""
    (machine,) = provider.create_machines(cluster(), requests(1))
    remote = remote_of(provider, machine)
    remote.script("mkdir -p data/a/b && touch data/a/b/c && find data -depth -exec chmod a-rwx {} +")
    provider.delete_machines("c1", ids([machine]))
    assert not (root / "c1").exists()


def test_an_address_is_free_again_after_deletion(provider: LocalProvider) -> None:
    """And nobody has it meanwhile."""
    first, second = provider.create_machines(cluster(), requests(1, 2))
    provider.delete_machines("c1", ids([first]))
    third, fourth = provider.create_machines(cluster(), requests(3, 4))
    assert first.internal_ip in (third.internal_ip, fourth.internal_ip)
    assert second.internal_ip not in (third.internal_ip, fourth.internal_ip)
    assert len({*ids([first, second, third, fourth])}) == 4


def test_what_was_left_half_made_is_cleared_away(provider: LocalProvider, root: Path) -> None:
    """By a process killed in the middle: no machine, and gone with the cluster."""
    machines = provider.create_machines(cluster(), requests(1))
    (root / "c1" / ".new-x").mkdir()
    (root / "c1" / "demo-workers-2").mkdir()
    assert provider.list_machines("c1") == machines
    (second,) = provider.create_machines(cluster(), requests(2))
    assert second.name == "demo-workers-2"
    provider.delete_machines("c1", ids([*machines, second]))
    assert not (root / "c1").exists()


def test_many_machines_are_deleted_fast(provider: LocalProvider) -> None:
    """The process table is read once for all, not once for each."""
    machines = provider.create_machines(cluster(), requests(*range(100)))
    began = time.monotonic()
    provider.delete_machines("c1", ids(machines))
    assert time.monotonic() - began < 5
    assert provider.list_machines("") == []


def test_the_facts_are_those_a_connection_finds(provider: LocalProvider) -> None:
    """Before there is a machine as after; only what must be run to be known is missing."""
    expected = provider.get_machine_facts()
    (machine,) = provider.create_machines(cluster(), requests(1))
    found = remote_of(provider, machine).facts
    same = (
        "hostname",
        "machine_id",
        "distribution",
        "distribution_version",
        "architecture",
        "cpus",
        "memory_mb",
        "java",
        "user",
        "is_root",
    )
    assert {name: getattr(expected, name) for name in same} == {name: getattr(found, name) for name in same}
    assert [disk.path for disk in expected.disks] == [disk.path for disk in found.disks]


def test_the_root_is_the_environments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """SERAI_LOCAL_ROOT first, then the user's state directory."""
    monkeypatch.setenv("SERAI_LOCAL_ROOT", str(tmp_path / "own"))
    (machine,) = LOCAL.create_machines(cluster(), requests(1))
    assert machine.info["directory"] == str(tmp_path / "own" / "c1" / "demo-workers-1")
    monkeypatch.delenv("SERAI_LOCAL_ROOT")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (machine,) = LOCAL.create_machines(cluster(), requests(1))
    assert machine.info["directory"] == str(tmp_path / "state" / "serai" / "local" / "c1" / "demo-workers-1")


def test_nothing_asked_for_is_silently_ignored(provider: LocalProvider) -> None:
    """Each thing a directory cannot be is an error at its own path."""
    asked = cluster()
    asked.infrastructure["provder"] = "x"
    asked.default_image_id = "image"
    asked.add_node_group(NodeGroup("a", 1))
    asked.add_node_group(
        NodeGroup(
            "b", 1, flavor_id="m1", image_id="i", volumes_per_node=1, volumes_size=2, floating_ip_pool="p", username="x"
        )
    )
    errors = provider.validate_infrastructure(asked)
    assert [(error.path, error.code) for error in errors] == [
        ("infrastructure.provder", "UNKNOWN_OPTION"),
        ("default_image_id", "UNSUPPORTED"),
        ("node_groups[1].flavor_id", "UNSUPPORTED"),
        ("node_groups[1].image_id", "UNSUPPORTED"),
        ("node_groups[1].volumes_per_node", "UNSUPPORTED"),
        ("node_groups[1].volumes_size", "UNSUPPORTED"),
        ("node_groups[1].floating_ip_pool", "UNSUPPORTED"),
        ("node_groups[1].username", "UNSUPPORTED"),
    ]
    assert errors[0].hint == "did you mean 'provider'?"


def test_a_plain_cluster_has_no_errors(provider: LocalProvider, root: Path) -> None:
    """And nothing was made to find out."""
    assert provider.validate_infrastructure(cluster()) == []
    assert not root.exists()


@pytest.mark.parametrize(
    ("root", "reason"),
    [(Path("relative"), "not an absolute path"), (Path("/dev/null/x"), "/dev/null is not a directory")],
)
def test_a_root_that_cannot_be_is_an_error(root: Path, reason: str) -> None:
    """Said before anything is made."""
    (error,) = LocalProvider(root).validate_infrastructure(cluster())
    assert (error.code, reason in error.error_message) == ("ROOT_UNUSABLE", True)


def test_a_root_that_does_not_take_machines_says_so() -> None:
    """With the reason and what to do."""
    with pytest.raises(SeraiError, match="machines cannot be made below /dev/null/x") as caught:
        LocalProvider(Path("/dev/null/x")).create_machines(cluster(), requests(1))
    assert caught.value.code == "MACHINES_NOT_MADE"
