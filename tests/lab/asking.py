"""How the tests of the lab ask a host something: as anybody would, with ``ssh``."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from attrs import frozen

from lab.enclosure import NET
from lab.host import Host
from lab.network import Lab
from lab.waiting import until

QUICK = ("KexAlgorithms=curve25519-sha256",)  # a seventh of the time that the usual key exchange takes
IMPATIENT = (*QUICK, "ConnectTimeout=2", "ServerAliveInterval=1", "ServerAliveCountMax=2")


@frozen
class Answer:
    """How an ``ssh`` ended.

    Attributes:
        status: its exit status; 255 when the connection failed.
        said: standard output.
        complaint: standard error.
        seconds: how long it took.
    """

    status: int
    said: str
    complaint: str
    seconds: float


def ask(lab: Lab, host: Host, line: str, user: str = "root", options: Sequence[str] = IMPATIENT) -> Answer:
    """Run a shell line on a host."""
    begun = time.monotonic()
    command = lab.ssh(host, line, user=user, options=options)
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL)
    return Answer(done.returncode, done.stdout.strip(), done.stderr, time.monotonic() - begun)


def told(lab: Lab, host: Host, line: str, user: str = "root") -> str:
    """What a shell line says that must succeed."""
    answer = ask(lab, host, line, user)
    assert answer.status == 0, answer.complaint
    return answer.said


def connects(source: Host, address: str, port: int, limit: float = 1) -> bool:
    """Whether a host gets a TCP connection to an address."""
    connect = f"import socket; socket.create_connection(({address!r}, {port}), {limit}).close()"
    return source.enclosure.run([sys.executable, "-c", connect], only=NET, check=False).returncode == 0


@contextmanager
def listening(host: Host, port: int) -> Iterator[None]:
    """Something listens on a TCP port of a host meanwhile."""
    listen = f"import socket, time; s = socket.create_server(('', {port})); time.sleep(60)"
    with ending(host.enclosure.popen([sys.executable, "-c", listen], only=NET)):
        until(lambda: host.enclosure.listens(port), "it to listen")
        yield


@contextmanager
def ending(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """A process of a test, which does not outlive it."""
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def banner(host: Host, limit: float = 1) -> bytes:
    """The first that a host's sshd says to who connects: ``b"SSH-"``."""
    with socket.create_connection((host.address, host.port), limit) as connection:
        return connection.recv(4)
