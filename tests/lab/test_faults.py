"""Each fault does what it says, to its host alone, and is undone."""

import errno
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from lab.asking import IMPATIENT, ask, banner, ending, told
from lab.host import Host
from lab.image import USER
from lab.network import Lab
from lab.waiting import until


@pytest.fixture
def host(lab: Lab) -> Iterator[Host]:
    """A host that a fault happens to; it, and the others, are well afterwards."""
    yield lab.hosts[1]
    assert told(lab, lab.hosts[1], "hostname") == "h2"
    assert {banner(each) for each in lab.hosts} == {b"SSH-"}


@contextmanager
def at_work(lab: Lab, host: Host, line: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that runs over ssh: started before a fault."""
    command = lab.ssh(host, f"echo begun; {line}", options=IMPATIENT)
    with ending(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        yield process


@pytest.mark.parametrize("name", ["link.down", "link.silent"])
def test_a_cut_ends_a_command_by_keep_alive_alone(lab: Lab, host: Host, name: str) -> None:
    fault: AbstractContextManager[None] = host.link.down() if name == "link.down" else host.link.silent()
    with at_work(lab, host, "sleep 30") as process, fault:
        begun = time.monotonic()
        assert process.wait(10) == 255
        assert time.monotonic() - begun > 1.5
        assert process.stderr is not None
        assert "not responding" in process.stderr.read()


def test_nobody_finds_the_way_to_a_link_that_is_down(lab: Lab, host: Host) -> None:
    with host.link.down():
        subprocess.run(["ip", "neighbour", "flush", "to", host.address], check=True)  # it is asked for sooner or later
        with pytest.raises(OSError, match="No route to host"):
            banner(host, 10)


def test_packets_to_a_silent_link_are_lost_without_a_word(lab: Lab, host: Host) -> None:
    with host.link.silent():
        with pytest.raises(TimeoutError):
            banner(host)
        neighbours = subprocess.run(
            ["ip", "neighbour", "show", host.address], capture_output=True, text=True, check=True
        )
        assert "FAILED" not in neighbours.stdout
        assert told(lab, lab.hosts[2], "hostname") == "h3"


def test_a_command_survives_a_short_cut(lab: Lab, host: Host) -> None:
    with at_work(lab, host, "sleep 1; echo done") as process:
        with host.link.down():
            time.sleep(0.3)
        assert process.communicate(timeout=10)[0] == "done\n"


def round_trip(host: Host) -> float:
    """Seconds until a connection is made, which is one round trip: the least of some, for this machine is busy too."""
    tries = []
    for _ in range(8):
        begun = time.monotonic()
        with socket.create_connection((host.address, host.port), 10):
            tries.append(time.monotonic() - begun)
    return min(tries)


def test_a_slow_link_delays_every_packet_both_ways(lab: Lab, host: Host) -> None:
    assert round_trip(host) < 0.04
    with host.link.slow(0.05):
        assert 0.1 <= round_trip(host) < 0.16
        assert round_trip(lab.hosts[0]) < 0.04
    assert round_trip(host) < 0.04


def test_a_slow_link_loses_and_spoils_nothing(lab: Lab, host: Host) -> None:
    data = os.urandom(2**23)
    with host.link.slow(0.005):
        command = lab.ssh(host, "cat")
        done = subprocess.run(command, input=data, capture_output=True, timeout=30, check=True)
    assert done.stdout == data


def test_a_slow_link_may_go_down_as_well(lab: Lab, host: Host) -> None:
    with host.link.slow(0.01):
        with host.link.down():
            time.sleep(0.1)
        assert told(lab, host, "hostname") == host.name


def test_an_sshd_that_is_stopped_refuses(lab: Lab, host: Host) -> None:
    with at_work(lab, host, "sleep 0.5; echo done") as process, host.sshd.stopped():
        with pytest.raises(ConnectionRefusedError):
            banner(host)
        assert process.communicate(timeout=10)[0] == "done\n"


def test_an_sshd_that_is_killed_takes_its_sessions_along(lab: Lab, host: Host) -> None:
    with at_work(lab, host, "exec sleep 4243") as process:
        with host.sshd.killed():
            assert process.wait(10) == 255
            with pytest.raises(ConnectionRefusedError):
                banner(host)
        assert "sleep 4243" in host.run(["ps", "ax", "-o", "args"]).stdout
        host.run(["pkill", "-x", "sleep"])


def test_a_mute_sshd_takes_connections_and_says_nothing(lab: Lab, host: Host) -> None:
    with host.sshd.mute():
        for _ in range(3):
            with pytest.raises(TimeoutError):
                banner(host, 0.3)
        answer = ask(lab, host, "true")
        assert (answer.status, answer.said) == (255, "")
        assert answer.seconds > 1.5


def test_another_key_is_refused(lab: Lab, host: Host) -> None:
    known = host.host_key
    with host.sshd.with_another_key() as other:
        assert host.host_key == other != known
        answer = ask(lab, host, "true")
        assert answer.status == 255
        assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in answer.complaint
    assert host.host_key == known


def test_a_frozen_host_takes_connections_and_says_nothing(lab: Lab, host: Host) -> None:
    with at_work(lab, host, "while :; do echo on; sleep 0.05; done") as process:
        with host.frozen():
            assert {state(pid) for pid in host.pids()} <= {"D", "S", "T"}
            with pytest.raises(TimeoutError):
                banner(host, 0.5)
            with pytest.raises(RuntimeError, match="frozen"):
                host.run(["true"])
            assert told(lab, lab.hosts[0], "hostname") == "h1"
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(50)] == ["on\n"] * 50


def state(pid: int) -> str:
    """The state of a process, as a letter of ``ps``."""
    done = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("directory", ["/opt", "/tmp", "/var/tmp", "/home/operator"])  # noqa: S108
def test_nothing_can_be_written_to_a_full_disk(lab: Lab, host: Host, directory: str) -> None:
    write = f"printf x >{directory}/x"
    with host.disk.full():
        answer = ask(lab, host, write)
        assert answer.status != 0
        assert os.strerror(errno.ENOSPC) in answer.complaint
        assert told(lab, host, f"df --output=avail {directory} | tail -n 1") == "0"
    assert told(lab, host, f"{write} && cat {directory}/x && rm {directory}/x") == "x"


def test_a_disk_can_be_full_but_for_a_little(lab: Lab, host: Host) -> None:
    with host.disk.full(but=2**16):
        assert ask(lab, host, "head -c 200000 /dev/zero >/opt/x").status != 0
        told(lab, host, "rm /opt/x && head -c 30000 /dev/zero >/opt/x && rm /opt/x")


@pytest.mark.parametrize("seconds", [7200, -90])
def test_a_clock_can_be_wrong(lab: Lab, host: Host, seconds: int) -> None:
    with host.clock.ahead(seconds):
        for user in ("root", USER):
            assert int(told(lab, host, "date +%s", user)) - time.time() == pytest.approx(seconds, abs=5)
        assert int(told(lab, lab.hosts[0], "date +%s")) - time.time() == pytest.approx(0, abs=5)
    assert int(told(lab, host, "date +%s")) - time.time() == pytest.approx(0, abs=5)


def test_a_fault_is_undone_when_a_test_fails_under_it(lab: Lab, host: Host) -> None:
    for fault in (host.link.slow(0.01), host.link.silent(), host.disk.full(), host.frozen(), host.sshd.mute()):
        with pytest.raises(ZeroDivisionError), fault:
            raise ZeroDivisionError
    until(lambda: ask(lab, host, "true").status == 0, "the host to be well")
