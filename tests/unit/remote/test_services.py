import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from serai.engine.remote.pool import connect
from serai.hookspec.errors import ServiceFailed
from serai.hookspec.remote import LocalEndpoint, Remote
from serai.hookspec.secrets import Secret
from serai.hookspec.services import Listening, LogLine, Service, ServiceState, ServiceStatus

LISTEN = """
import socket, sys, time
time.sleep(float(sys.argv[3]))
listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
time.sleep(60)
"""


def listener(address: str, *, after: float = 0.0, name: str = "listener") -> Service:
    argv = (sys.executable, "-I", "-S", "-c", LISTEN, address, "7077", str(after))
    return Service(name, argv, ready=[Listening(7077, address)], ready_timeout=10)


def sh(text: str, name: str = "sh", **rest: object) -> Service:
    return Service(name, ("sh", "-c", text), **rest)  # type: ignore[arg-type]


SAYS_READY = "echo ready; exec sleep 60"


def test_a_service_is_ready_when_it_listens(shelled: Remote, address: str) -> None:
    """start returns when the port is open, and a second start does nothing more."""
    service = listener(address, after=0.2)
    assert shelled.services.start(service)
    running = shelled.services.status("listener")["listener"]
    assert running.is_running
    assert not shelled.services.start(service)
    assert shelled.services.status("listener")["listener"].pid == running.pid


def test_a_service_runs_as_declared_until_the_declaration_changes(shelled: Remote) -> None:
    """Argv, env and cwd count, as with start; what says when it is ready does not."""
    service = sh(SAYS_READY, ready=[LogLine("ready")])
    assert not shelled.services.runs(service)
    shelled.services.start(service)
    assert shelled.services.runs(evolve(service, ready=[], ready_timeout=5.0))
    assert not shelled.services.runs(evolve(service, env={"A": "1"}))
    assert not shelled.services.runs(sh("exec sleep 60"))
    shelled.services.stop(service)
    assert not shelled.services.runs(service)


def test_a_listener_on_another_address_is_not_it(remote: Remote, address: str) -> None:
    """Ports of several instances are the same; addresses are not."""
    service = evolve(listener(address), ready=[Listening(7077, "127.3.3.3")], ready_timeout=0.4)
    with pytest.raises(ServiceFailed, match=r"listener was not ready within 0\.4 s"):
        remote.services.start(service)


def test_a_service_is_ready_when_it_says_so(shelled: Remote) -> None:
    """A LogLine is taken literally, in either stream; every probe must hold."""
    service = sh(
        "echo 'a.b[c]'; sleep 0.1; echo started >&2; exec sleep 60", ready=[LogLine("b[c]"), LogLine("started")]
    )
    assert shelled.services.start(service)
    assert (shelled.services.log("sh", stream="stdout"), shelled.services.log("sh")) == ("a.b[c]\n", "started\n")


def test_a_text_that_matches_only_as_a_pattern_is_not_there(remote: Remote) -> None:
    """No regular expressions."""
    with pytest.raises(ServiceFailed, match="not ready"):
        remote.services.start(sh("echo axb; exec sleep 60", ready=[LogLine("a.b")], ready_timeout=0.3))


def test_a_line_of_the_last_run_does_not_count(remote: Remote) -> None:
    """Only what was written since the start; the old log is kept aside."""
    remote.services.start(sh(SAYS_READY, ready=[LogLine("ready")]))
    with pytest.raises(ServiceFailed, match="not ready"):
        remote.services.start(sh("exec sleep 61", ready=[LogLine("ready")], ready_timeout=0.3))
    assert Path(f"{remote.layout.log}/sh.out.1").read_text() == "ready\n"


def test_a_service_that_ends_too_early_fails_at_once(shelled: Remote) -> None:
    """With its status and the tail of its log, long before the time is up."""
    began = time.monotonic()
    with pytest.raises(ServiceFailed, match="sh ended with status 7 before it was ready: port in use") as caught:
        shelled.services.start(sh("echo begin; echo port in use >&2; exit 7", ready=[Listening(1)]))
    assert time.monotonic() - began < 5
    assert caught.value.details["exit_code"] == 7
    assert caught.value.details["log"] == "begin\nport in use"
    assert caught.value.host == "worker-1"


def test_a_program_that_is_not_there_fails_even_without_a_probe(remote: Remote) -> None:
    """The log says which."""
    with pytest.raises(ServiceFailed, match="no-such-program"):
        remote.services.start(Service("missing", ("no-such-program",)))


def test_a_directory_that_is_not_there_fails(remote: Remote) -> None:
    """Rather than starting somewhere else."""
    with pytest.raises(ServiceFailed, match="/no/such/place"):
        remote.services.start(Service("lost", ("sleep", "60"), cwd="/no/such/place"))


def test_a_slow_service_goes_on_and_can_be_waited_for_again(remote: Remote) -> None:
    """Not ready in time is an error, and no reason to begin anew."""
    service = sh("sleep 0.6; " + SAYS_READY, ready=[LogLine("ready")], ready_timeout=0.2)
    with pytest.raises(ServiceFailed, match="not ready within"):
        remote.services.start(service)
    assert remote.services.start(evolve(service, ready_timeout=10)) is False


def test_a_service_sees_its_arguments_environment_and_directory(shelled: Remote) -> None:
    """As declared, whatever characters they hold; the prefix is its directory."""
    value = "a 'b' \"c\" $HOME `x` \\ *\n;é"
    service = Service(
        "shown",
        ("sh", "-c", 'printf "%s|%s|%s" "$1" "$VALUE" "$PWD"; echo; exec sleep 60', "x", value),
        env={"VALUE": value},
        ready=[LogLine("|/")],
    )
    shelled.services.start(service)
    shown = shelled.services.log("shown", stream="stdout")
    assert shown == f"{value}|{value}|{shelled.layout.prefix}\n"


@pytest.mark.parametrize("change", [{"argv": ("sleep", "61")}, {"env": {"A": "2"}}, {"cwd": "/"}])
def test_another_declaration_restarts_a_service(remote: Remote, change: dict[str, object]) -> None:
    """argv, env and cwd are what it runs with."""
    service = Service("changing", ("sleep", "60"), env={"A": "1"})
    remote.services.start(service)
    before = remote.services.status()["changing"].pid
    assert remote.services.start(evolve(service, **change))
    assert remote.services.status()["changing"].pid not in (0, before)


def test_other_patience_does_not_restart_a_service(remote: Remote) -> None:
    """How it is waited for and stopped is not what it runs with."""
    service = Service("steady", ("sleep", "60"))
    remote.services.start(service)
    assert not remote.services.start(evolve(service, stop_timeout=5, stop_signal="INT", ready=[]))


def test_restart_starts_anew(remote: Remote) -> None:
    """Also when nothing changed."""
    service = Service("again", ("sleep", "60"))
    remote.services.restart(service)
    before = remote.services.status()["again"].pid
    remote.services.restart(service)
    assert remote.services.status()["again"].pid not in (0, before)


@pytest.mark.parametrize(("ending", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137), ("kill $$", 143)])
def test_how_a_service_ended_is_known(remote: Remote, ending: str, code: int) -> None:
    """The exit status, or 128 + n for signal n."""
    remote.services.start(sh(f"echo ready; sleep 0.2; {ending}", ready=[LogLine("ready")]))
    deadline = time.monotonic() + 10
    while (status := remote.services.status("sh")["sh"]).is_running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert status == ServiceStatus("sh", ServiceState.EXITED, 0, code)


def test_a_service_never_started_is_absent(remote: Remote) -> None:
    """And none is listed."""
    assert remote.services.status("never") == {"never": ServiceStatus("never", ServiceState.ABSENT)}
    assert remote.services.status() == {}


def test_stop_ends_a_service(remote: Remote) -> None:
    """True when it ran; its end is on record."""
    remote.services.start(sh(SAYS_READY, ready=[LogLine("ready")]))
    assert [remote.services.stop("sh"), remote.services.stop("sh"), remote.services.stop("never")] == [
        True,
        False,
        False,
    ]
    assert remote.services.status("sh")["sh"].exit_code == 143


def test_stop_asks_with_the_signal_declared(shelled: Remote) -> None:
    """INT is not ignored, as it would be in a shell's background, and stop by name knows the declaration."""
    text = "trap 'echo interrupted; exit 5' INT; echo ready; while :; do sleep 0.05; done"
    shelled.services.start(sh(text, ready=[LogLine("ready")], stop_signal="INT"))
    assert shelled.services.stop("sh")
    assert shelled.services.status("sh")["sh"].exit_code == 5
    assert "interrupted" in shelled.services.log("sh", stream="stdout")


def test_stop_kills_what_does_not_listen(remote: Remote) -> None:
    """After stop_timeout."""
    service = sh("trap '' TERM; echo ready; while :; do sleep 0.05; done", ready=[LogLine("ready")], stop_timeout=0.2)
    remote.services.start(service)
    began = time.monotonic()
    assert remote.services.stop(service)
    assert time.monotonic() - began < 3
    assert remote.services.status("sh")["sh"].exit_code == 137


def test_stop_ends_a_service_that_was_halted(remote: Remote) -> None:
    """A process that sleeps by SIGSTOP is woken to hear the signal."""
    remote.services.start(sh(SAYS_READY, ready=[LogLine("ready")]))
    remote.services.signal("sh", "STOP")
    began = time.monotonic()
    assert remote.services.stop("sh")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "child",
    ["sleep 60 &", "setsid sleep 60 &", "env -i setsid sleep 60 &", "(setsid sleep 60 &) ; sleep 60 &"],
    ids=["child", "own session", "no mark", "orphan"],
)
def test_stop_takes_what_the_service_started(shelled: Remote, alive: Callable[[int], bool], child: str) -> None:
    """Children and grandchildren are gone when stop returns."""
    shelled.services.start(sh(f"{child} echo ready $!; wait; exec sleep 60", ready=[LogLine("ready")]))
    pid = int(shelled.services.log("sh", stream="stdout").split()[1])
    assert alive(pid)
    shelled.services.stop("sh")
    assert not alive(pid)


def test_stop_takes_what_a_dead_service_left(remote: Remote, alive: Callable[[int], bool]) -> None:
    """The service itself has ended; its child still holds the port."""
    remote.services.start(sh("setsid sleep 60 & echo ready $!; sleep 0.2", ready=[LogLine("ready")]))
    pid = int(remote.services.log("sh", stream="stdout").split()[1])
    time.sleep(0.4)
    assert (remote.services.status("sh")["sh"].is_running, alive(pid)) == (False, True)
    assert remote.services.stop("sh") is False
    assert not alive(pid)


def forge(remote: Remote, pid: int, **fields: str) -> None:
    """Write the record of a service whose process id now belongs to someone else."""
    record = Path(remote.layout.run, "services", "sh", "record")
    lines = dict(line.split("=", 1) for line in record.read_text().splitlines())
    record.write_text("".join(f"{key}={value}\n" for key, value in {**lines, "pid": str(pid), **fields}.items()))


def test_a_reused_pid_is_not_taken_for_the_service(remote: Remote, alive: Callable[[int], bool]) -> None:
    """A record whose number now is another process's: exited, and that process is left alone."""
    remote.services.start(sh(SAYS_READY, ready=[LogLine("ready")]))
    remote.services.stop("sh")
    stranger = int(remote.script("setsid sleep 60 >/dev/null 2>&1 & echo $!").stdout)
    try:
        forge(remote, stranger)
        assert remote.services.status("sh")["sh"].state is ServiceState.EXITED
        assert remote.services.stop("sh") is False
        with pytest.raises(ServiceFailed, match="does not run"):
            remote.services.signal("sh", "TERM")
        assert alive(stranger)
    finally:
        os.kill(stranger, 9)


def test_a_record_from_before_the_last_boot_is_history(remote: Remote) -> None:
    """Number and start time may be the same after a boot; the kernel's boot id is not."""
    remote.services.start(sh(SAYS_READY, ready=[LogLine("ready")]))
    pid = remote.services.status("sh")["sh"].pid
    forge(remote, pid, boot="00000000-0000-0000-0000-000000000000")
    try:
        assert remote.services.status("sh")["sh"].state is ServiceState.EXITED
    finally:
        os.kill(pid, 9)


def test_a_service_survives_the_connection(tmp_path: Path, remote: Remote) -> None:
    """Another connection finds it, with the same pid."""
    endpoint = LocalEndpoint("worker-1", remote.layout.prefix)
    first = connect(endpoint)
    first.services.start(sh(SAYS_READY, ready=[LogLine("ready")]))
    pid = first.services.status("sh")["sh"].pid
    first.close()
    assert remote.services.status("sh")["sh"] == ServiceStatus("sh", ServiceState.RUNNING, pid)


def test_a_signal_reaches_the_service_alone(remote: Remote) -> None:
    """Its own process, not its children."""
    text = "trap 'echo got it; exit' USR1; sleep 60 & echo ready; wait"
    remote.services.start(sh(text, ready=[LogLine("ready")]))
    remote.services.signal("sh", "USR1")
    deadline = time.monotonic() + 10
    while remote.services.status("sh")["sh"].is_running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert remote.services.log("sh", stream="stdout") == "ready\ngot it\n"


def test_remove_forgets_a_service(remote: Remote) -> None:
    """It is stopped, and neither record nor log is left."""
    remote.services.start(sh(SAYS_READY, ready=[LogLine("ready")]))
    remote.services.remove(["sh", "never"])
    assert remote.services.status("sh")["sh"].state is ServiceState.ABSENT
    assert list(Path(remote.layout.log).iterdir()) == list(Path(remote.layout.run, "services").iterdir()) == []


def test_the_log_has_its_last_lines(remote: Remote) -> None:
    """As many as asked for; "" when there is no log."""
    remote.services.start(sh("seq 100; exec sleep 60", ready=[LogLine("100")]))
    assert remote.services.log("sh", lines=2, stream="stdout") == "99\n100\n"
    assert remote.services.log("never") == ""


@pytest.mark.parametrize("signal", ["", "SIGTERM", "term", "NONSENSE", "9; true"])
def test_a_signal_is_checked(remote: Remote, signal: str) -> None:
    """By name, without SIG."""
    with pytest.raises(ValueError, match="not the name of a signal"):
        remote.services.signal("sh", signal)
    with pytest.raises(ValueError, match="not the name of a signal"):
        remote.services.start(Service("s", ("true",), stop_signal=signal))


@pytest.mark.parametrize("name", ["", "a b", "../x", "..", "a/b", "é"])
def test_a_name_is_checked(remote: Remote, name: str) -> None:
    """It becomes a file's."""
    with pytest.raises(ValueError, match="not a name for a service"):
        remote.services.start(Service(name, ("true",)))


def test_a_declaration_has_no_secrets(remote: Remote) -> None:
    """Neither in argv nor in env."""
    with pytest.raises(TypeError, match="Secret"):
        remote.services.start(Service("s", ("true", Secret("x"))))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Secret"):
        remote.services.start(Service("s", ("true",), env={"P": Secret("x")}))  # type: ignore[dict-item]
