"""Control groups: what holds every process of a host, so that all of them can be frozen, and none outlives it."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from lab.waiting import until


@frozen
class Hierarchy:
    """A mounted tree of control groups that can freeze.

    Attributes:
        root: where it is mounted.
        unified: whether it is of version 2.
    """

    root: Path
    unified: bool


def hierarchies(mountinfo: str) -> list[Hierarchy]:
    """Those that can freeze, as told by the text of ``/proc/self/mountinfo``; version 2 comes first."""
    found = []
    for line in mountinfo.splitlines():
        mount, _, source = line.partition(" - ")
        kind, _, options = source.split(" ", 2)
        if kind == "cgroup2" or (kind == "cgroup" and "freezer" in options.split(",")):
            found.append(Hierarchy(Path(mount.split()[4]), kind == "cgroup2"))
    return sorted(found, key=lambda hierarchy: not hierarchy.unified)


def mounted() -> list[Hierarchy]:
    """Those of this machine."""
    return hierarchies(Path("/proc/self/mountinfo").read_text())


@frozen
class Cgroup:
    """One control group.

    Attributes:
        path: its directory.
        unified: whether it is of version 2.
    """

    path: Path
    unified: bool

    @classmethod
    def make(cls, name: str) -> "Cgroup":
        """Make one in the first hierarchy that takes it.

        Args:
            name: its path below the root of the hierarchy.

        Raises:
            OSError: none takes it; the last one's answer.
        """
        refusal = OSError("no hierarchy of control groups that can freeze is mounted")
        for hierarchy in mounted():
            try:
                return cls.make_in(hierarchy, name)
            except OSError as refused:
                refusal = refused
        raise refusal

    @classmethod
    def make_in(cls, hierarchy: Hierarchy, name: str) -> "Cgroup":
        """Make one in that hierarchy."""
        path = hierarchy.root / name
        path.mkdir(parents=True)
        return cls(path, hierarchy.unified)

    @property
    def members(self) -> Path:
        """The file that takes processes in."""
        return self.path / "cgroup.procs"

    def add(self, pid: int) -> None:
        """Take a process in; whatever it starts from now on is in as well."""
        self.members.write_text(str(pid))

    def pids(self) -> list[int]:
        """The processes in it, as this machine numbers them."""
        return [int(line) for line in self.members.read_text().split() if line != "0"]

    @property
    def frozen(self) -> bool:
        """Whether every process in it stands still."""
        if self.unified:
            return "frozen 1" in (self.path / "cgroup.events").read_text()
        return (self.path / "freezer.state").read_text().strip() == "FROZEN"

    def freeze(self) -> None:
        """Stop every process in it where it is; returns when they stand still."""
        self._order("1", "FROZEN")
        until(lambda: self.frozen, f"{self.path} to freeze")

    def thaw(self) -> None:
        """Let them go on."""
        self._order("0", "THAWED")
        until(lambda: not self.frozen, f"{self.path} to thaw")

    def _order(self, unified: str, separate: str) -> None:
        name, value = ("cgroup.freeze", unified) if self.unified else ("freezer.state", separate)
        (self.path / name).write_text(value)

    def remove(self) -> None:
        """End every process in it, frozen or not, and remove it."""
        self.thaw()
        until(self._emptied, f"the processes of {self.path} to end")
        self.path.rmdir()

    def _emptied(self) -> bool:
        remaining = self.pids()
        for pid in remaining:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not remaining


def below(name: str) -> Iterator[Cgroup]:
    """Every group directly below the one of that name, in every hierarchy."""
    for hierarchy in mounted():
        parent = hierarchy.root / name
        if parent.is_dir():
            yield from (Cgroup(path, hierarchy.unified) for path in sorted(parent.iterdir()) if path.is_dir())


def remove(name: str) -> None:
    """Remove the group of that name with all that is below it and in it, in every hierarchy."""
    for group in below(name):
        group.remove()
    for hierarchy in mounted():
        if (hierarchy.root / name).is_dir():
            (hierarchy.root / name).rmdir()
