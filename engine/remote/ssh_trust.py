"""Which keys a machine may prove itself with: those pinned, or the one that was believed at first contact."""

from pathlib import Path

from serai.engine.remote import ssh_options
from serai.engine.remote.known_hosts import checked_key, known_hosts, recorded
from serai.hookspec.remote import SshEndpoint


class Trust:
    """What one connection's machine is believed by.

    Args:
        endpoint: has the pinned keys.
        path: of a file for ssh.

    Raises:
        ValueError: something pinned is no key.
    """

    def __init__(self, endpoint: SshEndpoint, path: Path) -> None:
        self._pinned = tuple(checked_key(key) for key in endpoint.host_keys)
        self._first_contact = endpoint.first_contact
        self._path = path
        path.write_text(known_hosts(self._pinned))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are believed; none before a first contact."""
        return self._pinned or recorded(self._path.read_text())

    @property
    def options(self) -> list[str]:
        """Options for ssh. Who was met once is believed no second key."""
        return ssh_options.trust(str(self._path), believe=self._first_contact and not self.keys)

    def serves(self, endpoint: SshEndpoint) -> bool:
        """Whether what is believed here is believed by that endpoint of the same destination too."""
        pinned = {checked_key(key) for key in endpoint.host_keys}
        if pinned:
            return bool(self.keys) and pinned.issuperset(self.keys)
        if endpoint.first_contact:
            return self._first_contact or bool(self._pinned)
        return not self._pinned and not self._first_contact

    def forget(self) -> None:
        """Leave no file behind."""
        self._path.unlink(missing_ok=True)
