"""What the account without root may do with sudo."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import frozen

from lab.enclosure import Enclosure
from lab.image import REAL_MONOTONIC, USER


@frozen
class Sudo:
    """sudo on a host: installed, and refused to the account without root until one of these.

    Attributes:
        enclosure: the host's namespaces.
    """

    enclosure: Enclosure

    @contextmanager
    def free(self) -> Iterator[None]:
        """It asks for nothing."""
        with self._ruled("NOPASSWD: ALL"):
            yield

    @contextmanager
    def with_password(self) -> Iterator[None]:
        """It asks for the account's password, :data:`lab.image.PASSWORD`."""
        with self._ruled("ALL"):
            yield

    @contextmanager
    def _ruled(self, what: str) -> Iterator[None]:
        rule = self.enclosure.root / "etc/sudoers.d/lab"
        rule.write_text(f"Defaults env_keep += {REAL_MONOTONIC}\n{USER} ALL=(ALL:ALL) {what}\n")
        rule.chmod(0o440)
        try:
            yield
        finally:
            rule.unlink()
