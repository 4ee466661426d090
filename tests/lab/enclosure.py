"""A process in namespaces of its own, which keeps them alive and is kept alive by this one."""

import os
import select
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import define, field

from lab.cgroups import Cgroup

ALL = ("mount", "uts", "ipc", "net", "pid")
"""The namespaces of a host."""

NET = ("net",)
"""To be on a host's network with this machine's files; what runs so is a child of ours, and ended as such."""

_JOINED = ["sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"']
_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
_LIMIT = 10.0  # seconds a first process may take to say its number


@define(eq=False)
class Enclosure:
    """Namespaces, and the control group of all that runs in them.

    They live as long as their first process. It ends when its standard input does, so the death of this
    process ends it, however that comes about.

    Attributes:
        pid: the first process, as this machine numbers it.
        cgroup: holds everything that runs here.
        log: what the first process says on standard error.
    """

    pid: int
    cgroup: Cgroup
    log: Path
    _holder: subprocess.Popen[bytes] = field(repr=False)

    @classmethod
    def start(cls, namespaces: Sequence[str], argv: Sequence[str], cgroup: Cgroup, log: Path) -> "Enclosure":
        """Start a first process.

        Args:
            namespaces: which it gets of its own, as ``unshare`` names them; ``pid`` among them.
            argv: the first process. Its first line of output is to be its number outside.
            cgroup: holds it from then on.
            log: file for its standard error.

        Raises:
            RuntimeError: it ended, or said nothing; with what it wrote to the log.
        """
        with log.open("wb") as errors:
            holder = subprocess.Popen(
                ["unshare", *(f"--{name}" for name in namespaces), "--fork", "--kill-child", *argv],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_ENVIRONMENT,
                start_new_session=True,  # an interrupt at a terminal is for the owner alone
            )
        said = _first_line(holder)
        if not said.strip().isdigit():
            holder.kill()
            holder.wait()
            raise RuntimeError(f"a first process of the lab did not start: {log.read_text()}")
        cgroup.add(int(said))
        return cls(int(said), cgroup, log, holder)

    def proceed(self) -> None:
        """Let a first process go on that waits for its standard input."""
        assert self._holder.stdin is not None
        self._holder.stdin.write(b"\n")
        self._holder.stdin.flush()

    def check(self) -> None:
        """Complain when the first process has ended.

        Raises:
            RuntimeError: with what it wrote to the log.
        """
        if self._holder.poll() is not None:
            raise RuntimeError(f"a first process of the lab ended: {self.log.read_text()}")

    @property
    def root(self) -> Path:
        """Its file system as this machine reaches it. Absolute links below it lead astray."""
        return Path(f"/proc/{self.pid}/root")

    def listens(self, port: int) -> bool:
        """Whether something listens on a TCP port of its network."""
        try:
            table = Path(f"/proc/{self.pid}/net/tcp").read_text().splitlines()[1:]
        except OSError:  # its first process has ended, and all with it
            return False
        return any(row.split()[3] == "0A" and int(row.split()[1].split(":")[1], 16) == port for row in table)

    def pids(self) -> list[int]:
        """The processes that are inside altogether, as this machine numbers them."""
        return [pid for pid in self.cgroup.pids() if _pid_namespace(pid) == _pid_namespace(self.pid)]

    def run(
        self, argv: Sequence[str], *, only: Sequence[str] = ALL, check: bool = True, timeout: float = 30, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside to its end.

        Args:
            argv: the command.
            only: the namespaces it is to be in.
            check: complain when it ends with another status than 0.
            timeout: seconds.
            options: for ``subprocess.run``.

        Raises:
            RuntimeError: everything here is frozen, and it would be as well.
            subprocess.SubprocessError: it failed, or took too long.
        """
        if self.cgroup.frozen:
            raise RuntimeError(f"nothing can run in {self.cgroup.path}: it is frozen")
        command = self._entering(only, argv)
        options = {"env": _ENVIRONMENT, "text": True, "capture_output": True, **options}
        return subprocess.run(command, check=check, timeout=timeout, **options)

    def popen(self, argv: Sequence[str], *, only: Sequence[str] = ALL, **options: Any) -> subprocess.Popen[str]:
        """Start a command inside, in some of its namespaces."""
        return subprocess.Popen(self._entering(only, argv), env=_ENVIRONMENT, text=True, **options)

    def _entering(self, namespaces: Sequence[str], argv: Sequence[str]) -> list[str]:
        flags = [f"--{name}" for name in namespaces]
        return [*_JOINED, str(self.cgroup.path), "nsenter", f"--target={self.pid}", *flags, "--", *argv]

    def stop(self) -> None:
        """End everything here; whatever is left of it is gone on return."""
        self.cgroup.remove()
        for pipe in (self._holder.stdin, self._holder.stdout):
            if pipe is not None:
                pipe.close()
        self._holder.wait(_LIMIT)


def _first_line(holder: subprocess.Popen[bytes]) -> str:
    assert holder.stdout is not None
    ready, _, _ = select.select([holder.stdout], [], [], _LIMIT)
    return os.read(holder.stdout.fileno(), 64).decode() if ready else ""


def _pid_namespace(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except (FileNotFoundError, ProcessLookupError):
        return ""
