"""Hosts in memory."""

import threading
import time

import pytest
from attrs import evolve

from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import CommandFailed, DeadlineExceeded, RemoteError, SeraiError, ServiceFailed, Unreachable
from serai.hookspec.infrastructure import MachineRequest
from serai.hookspec.remote import File
from serai.hookspec.secrets import Secret
from serai.hookspec.services import Listening, Service, ServiceState
from serai.hookspec.testing.fleet import Fleet, StoredFile, said

CLUSTER = Cluster("demo", "none", "1", [NodeGroup("w", 1)], id="c1")


def remote_of(fleet, name="demo-w-1"):
    return fleet.get_endpoint(CLUSTER, Instance(instance_name=name)).remote


@pytest.fixture
def fleet():
    return Fleet(connect_timeout=0.1)


@pytest.fixture
def host(fleet):
    return fleet.host("demo-w-1")


@pytest.fixture
def remote(fleet):
    return remote_of(fleet)


def test_a_token_asked_for_again_gives_the_same_machine(fleet):
    """As with any provider."""
    request = MachineRequest("demo-w-1", "w", "token")
    assert fleet.create_machines(CLUSTER, [request]) == fleet.create_machines(CLUSTER, [request])
    with pytest.raises(SeraiError, match="already"):
        fleet.create_machines(CLUSTER, [MachineRequest("demo-w-1", "w", "another")])


def test_machines_are_listed_by_cluster_until_they_are_deleted(fleet):
    """What is gone is gone, and deleting it again is no error."""
    fleet.create_machines(CLUSTER, [MachineRequest("demo-w-1", "w", "token")])
    assert [machine.name for machine in fleet.list_machines("c1")] == ["demo-w-1"]
    assert fleet.list_machines("c2") == []
    for _ in range(2):
        fleet.delete_machines("c1", ["demo-w-1"])
    assert fleet.list_machines("") == []


def test_a_deleted_machine_holds_nothing_any_more(fleet, host, remote):
    """Files and services are gone; what was asked of it is remembered."""
    fleet.create_machines(CLUSTER, [MachineRequest("demo-w-1", "w", "token")])
    remote.put({"/etc/a": "a"})
    remote.services.start(Service("s", ["s"], ready=[Listening(1)]))
    fleet.delete_machines("c1", ["demo-w-1"])
    assert (host.files, host.processes.listeners, [call.kind for call in host.calls]) == ({}, {}, ["put", "start"])


def test_a_machine_that_is_made_anew_has_another_address(fleet, host):
    """As clouds give them; that of the former one is nobody's."""
    request = MachineRequest("demo-w-1", "w", "token")
    [first] = fleet.create_machines(CLUSTER, [request])
    assert fleet.create_machines(CLUSTER, [request]) == [first]
    fleet.delete_machines("c1", ["demo-w-1"])
    [second] = fleet.create_machines(CLUSTER, [request])
    assert (first.internal_ip, second.internal_ip) == ("10.0.0.1", "10.0.0.2")
    assert (host.address, host.facts.addresses) == ("10.0.0.2", ("10.0.0.2",))


def test_a_machine_that_is_not_reached_is_not_deleted(fleet, host):
    """It is told, and stays."""
    fleet.create_machines(CLUSTER, [MachineRequest("demo-w-1", "w", "token")])
    host.freeze()
    with pytest.raises(SeraiError, match="demo-w-1"):
        fleet.delete_machines("c1", ["demo-w-1"])
    assert len(fleet.list_machines("c1")) == 1


def test_put_tells_what_changed(remote, host):
    """A second identical one changes nothing; mode and owner count."""
    files = {"/etc/a": "a", "/etc/b": Secret("b"), "/etc/c": File(b"c", 0o755, "root")}
    assert remote.put(files) == set(files)
    assert remote.put(files) == set()
    assert {path: (file.content, file.mode, file.owner) for path, file in host.files.items()} == {
        "/etc/a": (b"a", 0o644, "serai"),
        "/etc/b": (b"b", 0o600, "serai"),
        "/etc/c": (b"c", 0o755, "root"),
    }
    assert remote.put({"/etc/a": File("a", 0o600)}) == {"/etc/a"}


def test_a_full_disk_takes_what_is_there_already_and_nothing_else(remote, host):
    """As a real one."""
    remote.put({"/etc/a": "a"})
    host.is_full = True
    assert remote.put({"/etc/a": "a"}) == set()
    with pytest.raises(CommandFailed, match="No space left"):
        remote.put({"/etc/b": "b"})


def test_files_come_back_as_they_were_put(remote):
    """And what is not there cannot be read."""
    remote.put({"/etc/a": "ä"})
    assert remote.get("/etc/a") == "ä".encode()
    with pytest.raises(CommandFailed, match="No such file"):
        remote.get("/etc/b")


def test_trees_go_up_and_files_come_down(remote, host, tmp_path):
    """By their paths below the source."""
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    (tmp_path / "tree" / "sub" / "a").write_bytes(b"a")
    assert remote.upload(tmp_path / "tree", "/opt/tree")
    assert not remote.upload(tmp_path / "tree", "/opt/tree")
    assert list(host.files) == ["/opt/tree/sub/a"]
    remote.download("/opt/tree/sub/a", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == b"a"


def test_removing_takes_what_is_below_and_refuses_what_is_not_ours(remote, host):
    """A name that only begins alike stays."""
    prefix = remote.layout.prefix
    remote.put({f"{prefix}/conf/a": "", f"{prefix}/conf/b/c": "", f"{prefix}/config": ""})
    remote.remove([f"{prefix}/conf"])
    assert list(host.files) == [f"{prefix}/config"]
    with pytest.raises(ValueError, match="not below"):
        remote.remove(["/etc"])


def test_commands_are_answered_by_the_newest_rule_that_fits(fleet, remote):
    """By how their arguments begin, or by a predicate; a function sees host and command."""
    fleet.answer(["java"], said("any"))
    fleet.answer(["java", "-version"], said(stderr="17"))
    fleet.answer(lambda asked: "hostname" in asked.argv[-1], lambda host, asked: said(host.name))
    assert remote.run("java", "-jar").stdout == "any"
    assert remote.run("java", "-version").stderr == "17"
    assert remote.script("echo hi; hostname", check=False).argv[:2] == ("sh", "-c")
    assert remote.run("sh", "hostname").stdout == "demo-w-1"


def test_what_no_rule_is_for_ends_well_and_says_nothing(remote):
    """So that only what matters needs a rule."""
    done = remote.run("true")
    assert (done.argv, done.status, done.stdout) == (("true",), 0, "")


def test_a_command_that_fails_is_an_error_unless_that_is_wanted(fleet, remote):
    """As on a real machine."""
    fleet.answer(["false"], said(status=1, stderr="no"))
    with pytest.raises(CommandFailed) as caught:
        remote.run("false")
    assert (caught.value.host, caught.value.details["stderr"]) == ("demo-w-1", ["no"])
    assert remote.run("false", check=False).status == 1


def test_arguments_are_strings_and_never_secret(remote):
    """As on a real machine, where everyone could read them."""
    with pytest.raises(TypeError, match="stdin"):
        remote.run("login", Secret("canary"))


def test_http_is_answered_by_rules_too(fleet, remote):
    """Where there is none, nothing listens."""
    fleet.answer(["GET", "http://x/a"], said("{}"))
    assert remote.http("http://x/a") == b"{}"
    with pytest.raises(RemoteError, match="nothing answers"):
        remote.http("http://x/a", data=b"")
    fleet.answer(["DELETE", "http://x/a"], said("gone"))
    assert remote.http("http://x/a", method="DELETE") == b"gone"


SHEEP = Service("sheep", ["sheep", "--loud"], ready=[Listening(7000)])
WOLF = Service("wolf", ["wolf"], ready=[Listening(7000)])


def test_a_service_runs_once_it_was_started_and_listens(remote, host):
    """Starting it again starts nothing, unless it is declared otherwise by then."""
    assert remote.services.start(SHEEP)
    assert not remote.services.start(SHEEP)
    assert host.processes.listeners == {7000: "sheep"}
    assert remote.services.start(Service("sheep", ["sheep"], ready=[Listening(7000)]))
    assert remote.services.status("sheep", "wolf") == {
        "sheep": host.processes.status("sheep"),
        "wolf": host.processes.status("wolf"),
    }
    assert [status.state for status in remote.services.status("sheep", "wolf").values()] == ["running", "absent"]


def test_a_service_that_is_stopped_or_crashes_has_exited(remote, host):
    """With the status it ended with."""
    remote.services.start(SHEEP)
    assert remote.services.stop(SHEEP)
    assert not remote.services.stop("sheep")
    assert remote.services.status()["sheep"].exit_code == 143
    remote.services.restart(SHEEP)
    host.processes.end("sheep", 3)
    assert remote.services.status()["sheep"].exit_code == 3
    with pytest.raises(ServiceFailed, match="does not run"):
        remote.services.signal("sheep", "HUP")


def test_kill_ends_a_service_and_other_signals_are_its_own_affair(remote):
    """The host does not know what it makes of them."""
    remote.services.start(SHEEP)
    remote.services.signal(SHEEP, "HUP")
    assert remote.services.status()["sheep"].is_running
    remote.services.signal(SHEEP, "KILL")
    assert remote.services.status()["sheep"].exit_code == 137


def test_a_broken_service_ends_with_its_log(remote, host):
    """As one whose configuration is wrong."""
    host.processes.broken["sheep"] = "no grass\nat all"
    with pytest.raises(ServiceFailed) as caught:
        remote.services.start(SHEEP)
    assert caught.value.details["log"] == "no grass\nat all"
    assert remote.services.log("sheep", lines=1) == "at all"
    assert remote.services.status()["sheep"].state is ServiceState.EXITED


def test_two_services_do_not_get_one_port(remote):
    """The second one ends."""
    remote.services.start(SHEEP)
    with pytest.raises(ServiceFailed) as caught:
        remote.services.start(WOLF)
    assert "7000 is in use by sheep" in caught.value.details["log"]


def test_nor_where_one_is_started_before_anybody_waits_for_the_port(remote):
    """It ends once somebody does."""
    remote.services.start(SHEEP)
    remote.services.start(evolve(WOLF, ready=()))
    with pytest.raises(ServiceFailed):
        remote.services.start(WOLF)
    assert not remote.services.runs(WOLF)


def test_what_a_service_is_ready_by_may_be_told_later(remote, host):
    """So are several started at once, and waited for afterwards."""
    remote.services.start(evolve(SHEEP, ready=()))
    assert host.processes.listeners == {}
    assert not remote.services.start(SHEEP)
    assert host.processes.listeners == {7000: "sheep"}
    remote.services.start(evolve(SHEEP, ready=()))
    assert host.processes.listeners == {7000: "sheep"}


def test_a_service_looks_around_when_it_is_started(fleet, remote, host):
    """It may write files, and end where it does not find what it needs; the next start is another try."""

    def graze(host, service):
        host.files["/seen"] = StoredFile(service.argv[1].encode(), 0o644, "")
        return "" if "/meadow" in host.files else "no grass"

    fleet.begin("sheep", graze)
    with pytest.raises(ServiceFailed) as caught:
        remote.services.start(SHEEP)
    assert (caught.value.details["log"], host.files["/seen"].content) == ("no grass", b"--loud")
    assert remote.services.status()["sheep"].exit_code == 1
    remote.put({"/meadow": ""})
    assert remote.services.start(SHEEP)


def test_what_is_removed_was_never_there(remote):
    """Record and logs go."""
    remote.services.start(SHEEP)
    remote.services.remove(["sheep"])
    assert remote.services.status() == {}


def test_every_round_trip_takes_its_time_and_is_counted():
    """Facts are read once."""
    fleet = Fleet(latency=0.05)
    remote = remote_of(fleet)
    began = time.monotonic()
    assert remote.facts is remote.facts
    remote.run("true")
    remote.put({"/a": "", "/b": ""})
    assert 0.15 <= time.monotonic() - began < 1
    calls = fleet.host("demo-w-1").calls
    assert [(call.kind, call.words) for call in calls] == [("facts", ()), ("run", ("true",)), ("put", ("/a", "/b"))]


def test_a_slow_host_overruns_limits(remote, host):
    """At the limit, not when it would have answered."""
    host.latency = 10
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"run true: not done within 0\.1 s"):
        remote.run("true", timeout=0.1)
    assert time.monotonic() - began < 2


def test_a_frozen_host_takes_no_connection(remote, host):
    """Nothing was done there."""
    host.freeze()
    with pytest.raises(Unreachable, match=r"no answer within 0\.1 s"):
        remote.run("true")
    assert host.calls == []


def test_a_host_that_freezes_holds_its_callers_until_it_thaws(remote, host):
    """Or until their time is up."""
    remote.run("true")
    host.freeze()
    with pytest.raises(DeadlineExceeded):
        remote.run("true", timeout=0.1)
    threading.Timer(0.1, host.thaw).start()
    assert remote.run("true", timeout=30).status == 0


def test_a_host_that_is_cut_off_fails_at_once(remote, host):
    """Before and after there was a connection."""
    host.is_cut_off = True
    with pytest.raises(Unreachable):
        remote.run("true")
    host.is_cut_off = False
    remote.run("true")
    host.is_cut_off = True
    with pytest.raises(Unreachable):
        remote.run("true")


def test_garbage_is_said_instead_of_an_answer(fleet, remote, host):
    """Whatever the rules say; facts cannot be read from it."""
    fleet.answer(["date"], said("today"))
    host.garbage = "\0\ufffd"
    assert remote.run("date").stdout == "\0\ufffd"
    with pytest.raises(RemoteError, match="cannot be read"):
        _ = remote.facts
