"""The sshd of a host, and what can be wrong with it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import frozen

from lab.enclosure import NET, Enclosure
from lab.image import HOST_KEY, make_key
from lab.waiting import until

COMMAND = ["/usr/sbin/sshd", "-E", "/var/log/sshd.log"]
_MUTE = Path(__file__).with_name("mute.py")


@frozen
class Sshd:
    """The sshd of a host.

    Attributes:
        enclosure: the host's namespaces.
        port: where it listens.
    """

    enclosure: Enclosure
    port: int

    @property
    def key(self) -> str:
        """What it proves itself with: type and public key."""
        return " ".join(self._key.with_name(f"{self._key.name}.pub").read_text().split()[:2])

    @property
    def log(self) -> str:
        """What it has noted."""
        return (self.enclosure.root / "var/log/sshd.log").read_text()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It takes no more connections: they are refused. Those that are open stay."""
        self._stop()
        try:
            yield
        finally:
            self._start()

    @contextmanager
    def killed(self) -> Iterator[None]:
        """It and all its sessions end at once, whatever they are at; what they started goes on."""
        for pid in self._processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not self._processes(), "sshd to end")
        try:
            yield
        finally:
            self._start()

    @contextmanager
    def mute(self) -> Iterator[None]:
        """In its place is something that takes connections and says nothing."""
        with self.stopped():
            listener = self.enclosure.popen([sys.executable, "-I", str(_MUTE), str(self.port)], only=NET)
            try:
                until(lambda: self.enclosure.listens(self.port), "the mute listener")
                yield
            finally:
                listener.kill()
                listener.wait()

    @contextmanager
    def with_another_key(self) -> Iterator[str]:
        """It proves itself with another key than it used to; tells which: type and public key."""
        kept = [(path, path.with_name(f"{path.name}.kept")) for path in self._key.parent.glob(f"{self._key.name}*")]
        for path, aside in kept:
            path.rename(aside)
        try:
            other = make_key(self._key, "")
            self._restart()
            yield other
        finally:
            for path, aside in kept:
                aside.replace(path)
            self._restart()

    @property
    def _key(self) -> Path:
        return self.enclosure.root / HOST_KEY[1:]

    def _processes(self) -> list[int]:
        return [pid for pid in self.enclosure.pids() if _name(pid).startswith("sshd")]

    def _listeners(self) -> list[int]:
        """The one that the others come from, which is orphaned, as daemons are."""
        return [pid for pid in self._processes() if _parent(pid) == self.enclosure.pid]

    def _restart(self) -> None:
        self._stop()
        self._start()

    def _stop(self) -> None:
        for pid in self._listeners():
            os.kill(pid, signal.SIGTERM)
        until(lambda: not self.enclosure.listens(self.port), "sshd to stop")

    def _start(self) -> None:
        until(lambda: not self.enclosure.listens(self.port), "the port to be free")
        self.enclosure.run(COMMAND)
        until(lambda: self.enclosure.listens(self.port), "sshd to listen")


def _name(pid: int) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def _parent(pid: int) -> int:
    with suppress(FileNotFoundError, ProcessLookupError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
