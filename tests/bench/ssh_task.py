"""What every contender is given, and what it reports: stdlib only, since each runs in an environment of its own."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

COMMANDS = 20
"""How many commands follow each other on each host; the answer to one must be there before the next goes out."""

ECHO = "/bin/echo"
"""Each of them: a program, since commands are, and not what a shell does by itself."""

OUTPUT = ("seq", "1", "10000")
"""One command with output, of 48 KiB."""

LINES = 10000


@dataclass(frozen=True)
class Target:
    """A host: how it is reached."""

    name: str
    address: str
    port: int
    user: str


@dataclass(frozen=True)
class Task:
    """One job for one contender in one process.

    Attributes:
        job: its name, see ``JOBS`` of the contenders.
        targets: the hosts.
        identity_file: private key.
        known_hosts: file with the hosts' keys.
        ssh_config: for those who run OpenSSH, in the place of the user's.
        config: directory of files to be put on each host, all of mode 0644.
        blob: file to be uploaded to each host.
        remote: directory on the hosts that is this contender's own.
        scratch: directory here that is this run's own.
    """

    job: str
    targets: tuple[Target, ...]
    identity_file: str
    known_hosts: str
    ssh_config: str
    config: str
    blob: str
    remote: str
    scratch: str

    def write(self, path: Path) -> None:
        """Write it for the process that does it."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: str) -> "Task":
        """Read it in that process."""
        data = json.loads(Path(path).read_text())
        return cls(**{**data, "targets": tuple(Target(**target) for target in data["targets"])})

    @property
    def files(self) -> dict[str, bytes]:
        """The config files by name."""
        return {path.name: path.read_bytes() for path in sorted(Path(self.config).iterdir())}


def check(holds: bool, what: str) -> None:
    """End with an error unless the work was really done."""
    if not holds:
        raise SystemExit(f"not done: {what}")


def report(work: Callable[[Task], object], close: Callable[[], object]) -> None:
    """Do the task of this process, and tell what it took: from before the first connection to the last result.

    Interpreter and imports come before; connections are closed after.

    Args:
        work: does it; ends in an error when it could not be done.
        close: ends the connections.
    """
    task = Task.read(sys.argv[1])
    started = _spent()
    began = time.perf_counter()
    work(task)
    seconds = time.perf_counter() - began
    close()
    print(json.dumps({"seconds": seconds, "started": started}), flush=True)
    os._exit(0)  # what an interpreter takes to end is no more part of it than what it takes to start


def _spent() -> float:
    """Processor seconds so far: what starting took."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
