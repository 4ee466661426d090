"""What becomes of commands and connections when a machine, sshd, ssh or the engine does not go on."""

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from unit.remote.own_sshd import OwnSshd, own

from serai.engine.remote.pool import Pool
from serai.hookspec.errors import ConnectionLost, DeadlineExceeded, OperationCancelled, Unreachable
from serai.hookspec.remote import SshEndpoint


@pytest.fixture
def sshd() -> Iterator[OwnSshd]:
    """An sshd that a test may do anything to."""
    with own() as sshd:
        yield sshd


@pytest.fixture
def notices() -> list[str]:
    """What a pool told."""
    return []


@pytest.fixture
def pool(notices: list[str]) -> Iterator[Pool]:
    """Connections of the test's own."""
    with Pool(None, notices.append, connect_limit=5.0) as pool:
        yield pool


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A directory whose path is short enough for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        yield Path(directory)


def ssh_of(sshd: OwnSshd) -> list[int]:
    """The processes of ssh here that go there."""
    done = subprocess.run(["pgrep", "-f", f"ssh -M .*{sshd.directory}/identity"], capture_output=True, text=True)
    return [int(pid) for pid in done.stdout.split()]


def end_later(pids: list[int], seconds: float = 0.5) -> None:
    """Kill processes when the test has gone on."""
    threading.Timer(seconds, lambda: [os.kill(pid, signal.SIGKILL) for pid in pids]).start()


@pytest.mark.parametrize("side", ["ssh", "sshd"])
def test_a_command_that_was_cut_off_is_lost(sshd: OwnSshd, pool: Pool, side: str) -> None:
    """Neither done nor failed: whether it went on is not known, and nobody runs it again."""
    remote = pool.get(sshd.endpoint())
    remote.run("true")
    end_later(ssh_of(sshd) if side == "ssh" else sshd.sessions())
    began = time.monotonic()
    with pytest.raises(ConnectionLost, match="the connection was lost") as caught:
        remote.run("sleep", "30")
    assert time.monotonic() - began < 3
    assert (caught.value.code, caught.value.host) == ("CONNECTION_LOST", "worker-1")


@pytest.mark.slow
def test_what_can_be_repeated_is_repeated(sshd: OwnSshd, pool: Pool, notices: list[str], tmp_path: Path) -> None:
    """On a new connection, once, and it is said."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    remote = pool.get(sshd.endpoint())
    remote.run("true")
    end_later(sshd.sessions())
    threading.Timer(1.5, lambda: fifo.write_text("content")).start()
    assert remote.get(str(fifo)) == b"content"
    assert notices == ["the connection to worker-1 was lost and opened again"]


def test_what_has_not_begun_is_begun_on_a_new_connection(sshd: OwnSshd, pool: Pool, notices: list[str]) -> None:
    """A connection that broke while nobody looked costs nothing but a notice."""
    remote = pool.get(sshd.endpoint())
    remote.run("true")
    for pid in sshd.sessions():
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    assert remote.run("echo", "on").stdout == "on\n"
    assert notices == ["the connection to worker-1 was lost and opened again"]


def test_a_machine_can_come_back(sshd: OwnSshd, pool: Pool) -> None:
    """Unreachable as long as it is; then not any more."""
    remote = pool.get(sshd.endpoint())
    sshd.stop()
    for _ in range(2):
        with pytest.raises(Unreachable, match="refuses connections") as caught:
            remote.run("true")
        assert (caught.value.code, caught.value.host) == ("HOST_UNREACHABLE", "worker-1")
    sshd.start()
    assert remote.run("true").status == 0


@pytest.mark.slow
def test_a_machine_that_accepts_and_says_nothing_is_silent() -> None:
    """Within the limit for connecting, also for all who wait for the same connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener, Pool(connect_limit=1.0) as pool:
        endpoint = SshEndpoint("worker-1", "127.0.0.1", port=listener.getsockname()[1], config_file="/dev/null")
        failures: list[Unreachable] = []

        def call() -> None:
            with pytest.raises(Unreachable, match=r"did not answer within 1(\.\d+)? s") as caught:
                pool.get(endpoint).run("true")
            failures.append(caught.value)

        began = time.monotonic()
        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - began < 3
        assert [failure.code for failure in failures] == ["HOST_SILENT"] * 4


@pytest.mark.slow
def test_a_machine_that_turns_connections_away_is_tried_again(sshd: OwnSshd, pool: Pool) -> None:
    """sshd does so at random when many are in the making."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = threading.Thread(target=turn_away_then_relay, args=(listener, 2, (sshd.address, sshd.port)))
        relay.start()
        endpoint = sshd.endpoint(address="127.0.0.1", port=listener.getsockname()[1])
        assert pool.get(endpoint).run("true").status == 0
        pool.close()
        relay.join(10)


def turn_away_then_relay(listener: socket.socket, times: int, address: tuple[str, int]) -> None:
    """Close some connections at once, then connect one to an address."""
    for _ in range(times):
        listener.accept()[0].close()
    near, _ = listener.accept()
    far = socket.create_connection(address)
    with near, far:
        open_ends = [near, far]
        while len(open_ends) == 2:
            for end in select.select(open_ends, [], [])[0]:
                data = end.recv(65536)
                if data:
                    (far if end is near else near).sendall(data)
                else:
                    open_ends.remove(end)


def test_a_login_that_is_refused_says_so(sshd: OwnSshd, pool: Pool, tmp_path: Path) -> None:
    """Nobody is asked for a password."""
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    with pytest.raises(Unreachable, match=r"refuses the login: .*Permission denied") as caught:
        pool.get(sshd.endpoint(identity_file=str(key))).run("true")
    assert caught.value.code == "LOGIN_REFUSED"


def test_without_ssh_the_error_says_what_to_install(
    sshd: OwnSshd, pool: Pool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Rather than a traceback."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unreachable, match="ssh cannot be started") as caught:
        pool.get(sshd.endpoint()).run("true")
    assert caught.value.code == "SSH_MISSING"


@pytest.mark.slow
def test_a_frozen_machine_ends_with_the_commands_limit(sshd: OwnSshd, pool: Pool) -> None:
    """Nothing is claimed about what runs there."""
    remote = pool.get(sshd.endpoint())
    remote.run("true")
    frozen = sshd.sessions()
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded, match=r"not done within 1 s, and could not be killed"):
            remote.run("sleep", "30", timeout=1)
        assert time.monotonic() - began < 6
        began = time.monotonic()
        pool.close()
        assert time.monotonic() - began < 4
        assert ssh_of(sshd) == []
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)


@pytest.mark.slow
def test_a_cancelled_operation_kills_what_runs_there(
    sshd: OwnSshd, tmp_path: Path, alive: Callable[[int], bool]
) -> None:
    """On all of its machines, with all that came out of it."""
    cancelled = threading.Event()
    with Pool(cancelled) as pool:
        remote = pool.get(sshd.endpoint())
        remote.run("true")
        threading.Timer(0.5, cancelled.set).start()
        began = time.monotonic()
        with pytest.raises(OperationCancelled):
            remote.script('setsid sleep 30 & echo $! $$ >"$1"; wait', str(tmp_path / "pids"))
        assert time.monotonic() - began < 4
        assert [alive(int(pid)) for pid in (tmp_path / "pids").read_text().split()] == [False, False]


def test_connecting_can_be_cancelled() -> None:
    """Well before its limit."""
    cancelled = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener, Pool(cancelled) as pool:
        endpoint = SshEndpoint("worker-1", "127.0.0.1", port=listener.getsockname()[1], config_file="/dev/null")
        threading.Timer(0.3, cancelled.set).start()
        began = time.monotonic()
        with pytest.raises(OperationCancelled):
            pool.get(endpoint).run("true")
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("name", ["with blank", "${HOME}", "100%", "l" * 60, "missing"])
def test_any_directory_for_sockets_will_do(own_sshd: OwnSshd, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One that ssh would read otherwise, or that cannot be written, is passed over."""
    with tempfile.TemporaryDirectory(dir="/tmp") as base, Pool() as pool:
        if name != "missing":
            Path(base, name).mkdir()
        monkeypatch.setenv("XDG_RUNTIME_DIR", f"{base}/{name}")
        assert pool.get(own_sshd.endpoint()).run("echo", "there").stdout == "there\n"


def test_closing_leaves_nothing(sshd: OwnSshd, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process, here or there, and no file; until then others cannot see what is there."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    with Pool() as pool:
        pool.get(sshd.endpoint()).run("true")
        pool.get(sshd.endpoint()).machine["true"]()
        assert [path.stat().st_mode & 0o777 for path in runtime.iterdir()] == [0o700]
    assert list(runtime.iterdir()) == []
    assert ssh_of(sshd) == []
    deadline = time.monotonic() + 5
    while sshd.sessions() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sshd.sessions() == []


def test_what_still_runs_ends_when_the_pool_is_closed(
    sshd: OwnSshd, tmp_path: Path, alive: Callable[[int], bool]
) -> None:
    """A thread that was given up does not keep a machine busy."""
    note = tmp_path / "pid"
    ended: list[BaseException] = []

    def work() -> None:
        try:
            remote.script('echo $$ >"$1"; sleep 30', str(note))
        except BaseException as error:  # noqa: BLE001 - whatever it is
            ended.append(error)

    with Pool() as pool:
        remote = pool.get(sshd.endpoint())
        remote.run("true")
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.5)
    thread.join(5)
    assert len(ended) == 1
    deadline = time.monotonic() + 5
    while alive(int(note.read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(int(note.read_text()))


@pytest.mark.slow
def test_an_engine_that_is_killed_leaves_nothing_running(
    sshd: OwnSshd, tmp_path: Path, runtime: Path, alive: Callable[[int], bool]
) -> None:
    """Not ssh here, not its session there, not what ran over it."""
    note = tmp_path / "pids"
    endpoint = sshd.endpoint()
    code = f"""
from serai.engine.remote.pool import Pool
from serai.hookspec.remote import SshEndpoint
Pool().get(SshEndpoint("w", {endpoint.address!r}, user={endpoint.user!r}, port={endpoint.port},
    identity_file={endpoint.identity_file!r}, config_file="/dev/null", host_keys={endpoint.host_keys!r})
).script('echo $$ $PPID >"$1"; sleep 30', {str(note)!r})
"""
    engine = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)})
    try:
        deadline = time.monotonic() + 20
        while not (note.exists() and note.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        pids = [*(int(pid) for pid in note.read_text().split()), *ssh_of(sshd), *sshd.sessions()]
    finally:
        engine.kill()
        engine.wait()
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in pids if alive(pid)] == []
    assert ssh_of(sshd) == []
