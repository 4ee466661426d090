"""The clock of a host, and what can be wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from lab.enclosure import Enclosure


def library() -> Path | None:
    """The library that lies about the time, where it is installed: there is no namespace for the time of day."""
    return next(Path("/usr").glob("lib*/*/faketime/libfaketime.so.1"), None)


@frozen
class Clock:
    """The time of day of a host.

    Attributes:
        enclosure: the host's namespaces.
    """

    enclosure: Enclosure

    @contextmanager
    def ahead(self, seconds: int) -> Iterator[None]:
        """It is ahead by so much, or behind when that is negative, for everything that is started meanwhile.

        Nothing can be put into ``/dev/shm`` meanwhile: the library would keep its count of calls there, and sshd's
        children, who may not remove files, would be ended for it.

        Raises:
            LookupError: libfaketime is not installed.
        """
        faketime = library()
        if faketime is None:
            raise LookupError("no libfaketime is installed: apt-get install libfaketime")
        shift, preload = (self.enclosure.root / "etc" / name for name in ("faketimerc", "ld.so.preload"))
        shift.write_text(f"{seconds:+d}\n")
        self.enclosure.run(["mount", "-t", "tmpfs", "-o", "ro", "nothing", "/dev/shm"])  # noqa: S108
        preload.write_text(f"{faketime}\n")
        try:
            yield
        finally:
            preload.unlink()
            self.enclosure.run(["umount", "/dev/shm"])  # noqa: S108
            shift.unlink()
