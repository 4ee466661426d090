"""The disk of a host, and what can be wrong with it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import frozen

from lab.enclosure import Enclosure
from lab.waiting import until

_DISK = "/run/disk"  # where boot_host.sh leaves it


@frozen
class Disk:
    """What a host writes to, all of it: its root file system.

    Attributes:
        enclosure: the host's namespaces.
    """

    enclosure: Enclosure

    @property
    def size(self) -> int:
        """Bytes."""
        state = os.statvfs(self.enclosure.root / _DISK[1:])
        return state.f_blocks * state.f_frsize

    @property
    def used(self) -> int:
        """Bytes."""
        state = os.statvfs(self.enclosure.root / _DISK[1:])
        return (state.f_blocks - state.f_bfree) * state.f_frsize

    @contextmanager
    def full(self, *, but: int = 0) -> Iterator[None]:
        """There is no room on it.

        Args:
            but: bytes that there is room for all the same.
        """
        size = self.size
        until(lambda: self._resized(self.used + but), "the disk to be full")  # somebody may write meanwhile
        try:
            yield
        finally:
            self._resize(size)

    def _resized(self, size: int) -> bool:
        try:
            self._resize(size)
        except subprocess.CalledProcessError:
            return False
        return True

    def _resize(self, size: int) -> None:
        self.enclosure.run(["mount", "-o", f"remount,size={size}", _DISK])
