"""A host of the lab."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define

from lab.enclosure import Enclosure
from lab.image import HOST_KEY, USER

NAMESPACES = ("mount", "uts", "ipc", "net", "pid")


@define(eq=False)
class Host:
    """A host: its own files, processes, name, and network, and an sshd.

    Attributes:
        name: its hostname, by which the others know it too.
        address: IPv4.
        rack: where it would stand.
        port: of its sshd.
        enclosure: its namespaces.
    """

    name: str
    address: str
    rack: str
    enclosure: Enclosure
    port: int = 22

    @property
    def root(self) -> Path:
        """Its file system as this machine reaches it. Absolute links below it lead astray."""
        return Path(f"/proc/{self.enclosure.pid}/root")

    @property
    def host_key(self) -> str:
        """What its sshd proves itself with: type and public key."""
        return " ".join((self.root / f"{HOST_KEY[1:]}.pub").read_text().split()[:2])

    def run(
        self, argv: Sequence[str], *, user: str = "root", check: bool = True, timeout: float = 30, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside, past sshd and the network.

        Args:
            argv: the command.
            user: who runs it: ``root``, or the account without root.
            check: complain when it ends with another status than 0.
            timeout: seconds.
            options: for ``subprocess.run``.
        """
        as_user = [] if user == "root" else ["runuser", "-u", user, "--"]
        return self.enclosure.run(NAMESPACES, [*as_user, *argv], check=check, timeout=timeout, **options)

    def pids(self) -> list[int]:
        """Every process of the host, as this machine numbers them."""
        own = _pid_namespace(self.enclosure.pid)
        return [pid for pid in self.enclosure.cgroup.pids() if _pid_namespace(pid) == own]

    def listens(self, port: int) -> bool:
        """Whether something listens on a TCP port of it."""
        table = Path(f"/proc/{self.enclosure.pid}/net/tcp").read_text().splitlines()[1:]
        return any(row.split()[3] == "0A" and int(row.split()[1].split(":")[1], 16) == port for row in table)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process of it stands still; its kernel still answers, so that connections open and nobody speaks."""
        self.enclosure.cgroup.freeze()
        try:
            yield
        finally:
            self.enclosure.cgroup.thaw()


def _pid_namespace(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except (FileNotFoundError, ProcessLookupError):
        return ""


__all__ = ["NAMESPACES", "USER", "Host"]
