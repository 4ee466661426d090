"""A process in namespaces of its own, which keeps them alive and is kept alive by this one."""

import os
import select
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import define, field

from lab.cgroups import Cgroup

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

    def entering(self, namespaces: Sequence[str], argv: Sequence[str]) -> list[str]:
        """The command that runs a command in some of these namespaces, and in the control group."""
        flags = [f"--{name}" for name in namespaces]
        return [*_JOINED, str(self.cgroup.path), "nsenter", f"--target={self.pid}", *flags, "--", *argv]

    def run(self, namespaces: Sequence[str], argv: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command in some of these namespaces to its end.

        Raises:
            RuntimeError: everything here is frozen, and it would be as well.
            subprocess.SubprocessError: as ``subprocess.run`` does.
        """
        if self.cgroup.frozen:
            raise RuntimeError(f"nothing can run in {self.cgroup.path}: it is frozen")
        command = self.entering(namespaces, argv)
        return subprocess.run(command, env=_ENVIRONMENT, capture_output=True, text=True, **options)

    def popen(self, namespaces: Sequence[str], argv: Sequence[str], **options: Any) -> subprocess.Popen[str]:
        """Start a command in some of these namespaces."""
        return subprocess.Popen(self.entering(namespaces, argv), env=_ENVIRONMENT, text=True, **options)

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
