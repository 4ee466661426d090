"""The reaper, run here as a login shell would run it on a machine."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from attrs import frozen

from serai.engine.remote.ssh_scripts import REAPER
from serai.hookspec.remote import Remote


@frozen
class Reaper:
    """A reaper that looks around ten times a second, and the token it was told."""

    process: "subprocess.Popen[bytes]"
    token: str

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def end(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(10)


@pytest.fixture(params=[shell for shell in ("dash", "bash") if shutil.which(shell)])
def reaper(request: pytest.FixtureRequest) -> Iterator[Reaper]:
    with subprocess.Popen(
        [request.param, "-c", REAPER, "serai", "0.1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        reaper = Reaper(process, secrets.token_hex(8))
        reaper.say(reaper.token)
        assert process.stdout is not None
        assert process.stdout.readline() == f"{reaper.token}\n".encode()
        yield reaper
        process.kill()


@pytest.fixture
def start(reaper: Reaper) -> Iterator[Callable[[int], "subprocess.Popen[bytes]"]]:
    """Starts a command with the reaper's token and a limit in seconds: a family, of which one has left its session."""
    started: list[subprocess.Popen[bytes]] = []

    def start(limit: int) -> "subprocess.Popen[bytes]":
        token = f"{reaper.token}.{len(started) + 1}."
        argv = ["sh", "-c", "sleep 60 & setsid sleep 60; :", "serai", token, str(limit)]
        started.append(subprocess.Popen(argv, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        for pid in [*children(process), process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def children(process: "subprocess.Popen[bytes]") -> list[int]:
    done = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True)
    return [int(word) for word in done.stdout.split()]


def family(process: "subprocess.Popen[bytes]") -> list[int]:
    """Three processes: one, and what has come out of it."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if len(found := children(process)) == 2:
            return [process.pid, *found]
    raise AssertionError("it has not started")


@pytest.mark.slow
def test_what_outlives_its_limit_is_ended(
    reaper: Reaper,
    start: Callable[[int], "subprocess.Popen[bytes]"],
    alive: Callable[[int], bool],
) -> None:
    """With all that came out of it, although the connection seems to be up; what has time left goes on."""
    overdue, other = start(1), start(100)
    families = family(overdue), family(other)
    assert overdue.wait(10) != 0
    until(lambda: not any(map(alive, families[0])))
    assert all(map(alive, families[1]))


def test_all_is_ended_with_the_connection(
    reaper: Reaper, start: Callable[[int], "subprocess.Popen[bytes]"], alive: Callable[[int], bool]
) -> None:
    """When it ends without a word."""
    members = family(start(100))
    assert reaper.end() == 0
    until(lambda: not any(map(alive, members)))


@pytest.mark.slow
def test_all_is_spared_when_that_is_asked_for(
    reaper: Reaper, start: Callable[[int], "subprocess.Popen[bytes]"], alive: Callable[[int], bool]
) -> None:
    """And from then on nobody looks at limits any more."""
    members = family(start(1))
    reaper.say("leave")
    assert reaper.end() == 0
    time.sleep(2.5)
    assert all(map(alive, members))


@pytest.mark.slow
def test_a_reaper_leaves_nothing_of_itself(reaper: Reaper) -> None:
    """No process of its session remains."""
    assert reaper.end() == 0
    until(lambda: subprocess.run(["pgrep", "-s", str(reaper.process.pid)], capture_output=True).returncode == 1)


def test_a_command_may_end_its_own_group(remote: Remote) -> None:
    """Some scripts do so when they are done: how they ended is known all the same."""
    assert remote.run("sh", "-c", "trap 'exit 3' TERM; kill 0; sleep 1", check=False).status == 3


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that does not take long."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
