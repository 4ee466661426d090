"""What a lab has on this machine outside its namespaces, whose it is, and how it goes.

Namespaces end with their owner. A directory, control groups and, for a moment, a network interface can outlive it:
they carry the lab's token, the directory tells the owner, and who finds that the owner is dead removes them.
"""

import fcntl
import json
import os
import random
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Network
from pathlib import Path

from attrs import frozen

from lab import cgroups
from lab.addresses import RANGE, free, in_use

ROOT = Path("/run/serai-lab")
"""Where labs have their directories; not to be seen from their hosts."""


@frozen
class Site:
    """The place of one lab.

    Attributes:
        token: six hexadecimal digits, in the name of everything of the lab.
        network: its addresses.
    """

    token: str
    network: IPv4Network

    @property
    def directory(self) -> Path:
        """Keys, logs, and the files hosts begin with. For root's eyes alone."""
        return ROOT / self.token

    @property
    def interface(self) -> str:
        """This machine's interface to the hosts."""
        return f"serai-{self.token}"

    @property
    def cgroup(self) -> str:
        """The control group above those of the hosts."""
        return f"serai-lab-{self.token}"

    def remove(self) -> None:
        """Remove all of it, and end every process of the lab."""
        with _alone():  # half removed it would look like a dead owner's
            self._remove()

    def _remove(self) -> None:
        cgroups.remove(self.cgroup)
        if Path("/sys/class/net", self.interface).exists():
            subprocess.run(["ip", "link", "delete", self.interface], check=False, capture_output=True)
        shutil.rmtree(self.directory)


def claim() -> Site:
    """Take a place for a lab of this process; what dead owners left is removed first."""
    with _alone():
        _sweep()
        site = Site(secrets.token_hex(3), free([*in_use(), *(network for network in _networks())], random.Random()))
        site.directory.mkdir(mode=0o700)
        owner = {"pid": os.getpid(), "started": started(os.getpid()), "network": str(site.network)}
        (site.directory / "owner.json").write_text(json.dumps(owner))
        return site


def sweep() -> list[str]:
    """Remove what labs of dead owners left.

    Returns:
        their tokens.
    """
    with _alone():
        return _sweep()


def started(pid: int) -> str:
    """When a process was started, in the kernel's own count; ``""`` when none of that number runs any more."""
    try:
        state, *others = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if state in "ZX" else others[18]


@contextmanager
def _alone() -> Iterator[None]:
    ROOT.mkdir(mode=0o700, exist_ok=True)
    with (ROOT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep() -> list[str]:
    dead = [directory.name for directory in _directories() if not _is_alive(directory)]
    for token in dead:
        Site(token, RANGE)._remove()
    return dead


def _directories() -> list[Path]:
    return sorted(path for path in ROOT.iterdir() if path.is_dir())


def _owner(directory: Path) -> dict[str, str]:
    """What is known of an owner; nothing when it died before it could say so."""
    try:
        return dict(json.loads((directory / "owner.json").read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def _is_alive(directory: Path) -> bool:
    owner = _owner(directory)
    return bool(owner) and started(int(owner["pid"])) == owner["started"]


def _networks() -> list[IPv4Network]:
    return [IPv4Network(_owner(directory)["network"]) for directory in _directories()]
