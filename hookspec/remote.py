"""What a hook can do on a machine: the interface of ``instance.remote``.

One round trip a call. Every call has a deadline. Arguments are lists, never shell lines.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from attrs import field, frozen

from serai.hookspec.facts import Facts
from serai.hookspec.secrets import Secret
from serai.hookspec.sequences import strings
from serai.hookspec.services import Services


@frozen
class LocalEndpoint:
    """A machine that is this one: commands run as processes here, below a directory of their own.

    Attributes:
        host: what errors and events call it: the instance's name.
        prefix: directory everything of the instance lives under.
        env: added to the environment of everything that runs there; the provider's mark among it.
    """

    host: str
    prefix: str
    env: Mapping[str, str] = field(factory=dict, hash=False)


@frozen
class SshEndpoint:
    """A machine reached with the system's ``ssh``: the user's ssh_config, agents, certificates and ProxyJump work.

    Attributes:
        host: what errors and events call it: the instance's name.
        address: the destination as ``ssh`` takes it: an address, a name, or an alias of ssh_config.
        prefix: directory everything of the instance lives under; ``""`` for a machine that is only looked at.
        user: login; ``""`` as ssh_config says.
        port: TCP port; 0 as ssh_config says.
        identity_file: private key of the engine's side, never copied anywhere; ``""`` as ssh_config says.
        config_file: used in the place of the user's ssh_config when given.
        host_keys: the keys the machine may prove itself with, as in a known_hosts file without the names
            (``ssh-ed25519 AAAA…``, ``@cert-authority ssh-ed25519 AAAA…``). It is refused with any other.
        first_contact: whether a machine without ``host_keys`` is believed once; the key it shows is told by
            :attr:`serai.hookspec.access.Findings.host_keys`, and is to be pinned.
        env: added to the environment of everything that runs there; the provider's mark among it.
    """

    host: str
    address: str
    prefix: str = ""
    user: str = ""
    port: int = 0
    identity_file: str = ""
    config_file: str = ""
    host_keys: tuple[str, ...] = field(default=(), converter=strings)
    first_contact: bool = False
    env: Mapping[str, str] = field(factory=dict, hash=False)


@frozen
class DirectEndpoint:
    """A machine whose provider brings the connection itself: another transport, or a machine in memory.

    Attributes:
        host: what errors and events call it.
        remote: the connection; used as it is, and never closed by the engine.
    """

    host: str
    remote: "Remote" = field(eq=False, repr=False)


Endpoint = LocalEndpoint | SshEndpoint | DirectEndpoint
"""How a machine is reached, as told by its provider."""


@frozen
class Layout:
    """Every path a plugin uses, under one prefix: removing the prefix removes everything.

    Attributes:
        prefix: ``/opt/serai/<cluster>`` for root, a user's directory otherwise, the instance's own when local.
    """

    prefix: str

    @property
    def dist(self) -> str:
        """Installed software."""
        return f"{self.prefix}/dist"

    @property
    def conf(self) -> str:
        """Configuration files."""
        return f"{self.prefix}/conf"

    @property
    def data(self) -> str:
        """Data that a restart must find again."""
        return f"{self.prefix}/data"

    @property
    def log(self) -> str:
        """Logs."""
        return f"{self.prefix}/log"

    @property
    def run(self) -> str:
        """Process records and sockets."""
        return f"{self.prefix}/run"


@frozen
class CompletedCommand:
    """How a command ended.

    Attributes:
        argv: what was run.
        status: exit status; 128 + n for signal n.
        stdout: standard output; bytes that are not UTF-8 appear as ``\\xNN``.
        stderr: standard error, likewise.
        seconds: how long it took.
    """

    argv: tuple[str, ...]
    status: int
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)
    seconds: float = 0.0


@frozen
class File:
    """A file to be put on a host.

    Attributes:
        content: what it holds; str is written as UTF-8.
        mode: permission bits.
        owner: ``user`` or ``user:group`` it shall belong to; the login's own when ``""``. Another one needs root.
    """

    content: str | bytes | Secret = field(repr=False)
    mode: int = 0o644
    owner: str = ""


class Remote(Protocol):
    """A machine, while an operation runs."""

    @property
    def host(self) -> str:
        """The instance's name, as in errors and events."""
        ...

    @property
    def layout(self) -> Layout:
        """Where things are on this machine."""
        ...

    @property
    def services(self) -> Services:
        """The long-running processes of this instance."""
        ...

    @property
    def facts(self) -> Facts:
        """What the machine is like; read once, in one round trip."""
        ...

    @property
    def machine(self) -> Any:
        """The plumbum machine underneath, for what this interface lacks. Its calls have no deadline of ours."""
        ...

    def run(
        self,
        *argv: str,
        timeout: float = 300.0,
        env: Mapping[str, str] | None = None,
        cwd: str = "",
        stdin: str | bytes | Secret | None = None,
        check: bool = True,
        root: bool = False,
        silence: float | None = None,
    ) -> CompletedCommand:
        """Run a program.

        Args:
            argv: program and arguments, passed as they are. Never a secret: use ``stdin``.
            timeout: seconds until the program and what it started are killed.
            env: added to the host's environment.
            cwd: working directory; the instance's prefix when ``""``.
            stdin: standard input; empty when None.
            check: whether a status other than 0 is an error.
            root: run it as root, by ``sudo -n`` where the login is another. Only for plugins that say so in
                :func:`serai.hookspec.provisioning.get_root_commands`.
            silence: seconds without any output until it is killed; None for no such limit.

        Raises:
            CommandFailed: it ended with another status than 0, or could not be started.
            DeadlineExceeded: a limit passed.
            RootRefused: root was not declared, or sudo does not allow it without a password.
            OperationCancelled: the operation was asked to stop; the command was killed.
            ConnectionLost: the machine was lost meanwhile.
        """
        ...

    def script(
        self,
        text: str,
        *args: str,
        timeout: float = 300.0,
        env: Mapping[str, str] | None = None,
        cwd: str = "",
        stdin: str | bytes | Secret | None = None,
        check: bool = True,
        root: bool = False,
        silence: float | None = None,
    ) -> CompletedCommand:
        """Run a POSIX shell script: a whole step in one round trip.

        ``args`` become ``$1``, ``$2``…; all else is as in :meth:`run`.
        """
        ...

    def put(
        self, files: Mapping[str, str | bytes | Secret | File], *, timeout: float = 300.0, root: bool = False
    ) -> frozenset[str]:
        """Write any number of files in one round trip, each atomically, and only those that differ.

        Args:
            files: content by absolute path. Missing directories are made. Plain content gets mode 0644 (a
                Secret 0600), :class:`File` its own.
            timeout: seconds.
            root: write as root; see :meth:`run`.

        Returns:
            The paths whose content, mode or owner changed.

        Raises:
            CommandFailed: a file could not be written; at most those before it in the mapping's order were, and none
                when there was no room, or no right, for all of them.
        """
        ...

    def get(self, path: str, *, timeout: float = 300.0) -> bytes:
        """The content of one file.

        Raises:
            CommandFailed: it cannot be read.
        """
        ...

    def upload(self, source: Path, path: str, *, timeout: float = 3600.0) -> bool:
        """Copy a file or a directory to the machine, in bounded memory; True when anything changed."""
        ...

    def download(self, path: str, destination: Path, *, timeout: float = 3600.0) -> None:
        """Copy a file from the machine, in bounded memory.

        Raises:
            CommandFailed: it cannot be read.
        """
        ...

    def remove(self, paths: Sequence[str], *, timeout: float = 300.0) -> None:
        """Remove files and directories with all they hold; what does not exist is no error.

        Raises:
            ValueError: a path is not below the layout's prefix.
        """
        ...

    def http(
        self,
        url: str,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        method: str = "",
    ) -> bytes:
        """Ask an HTTP server as seen from the machine. Redirects are not followed.

        Args:
            url: ``http:`` or ``https:``.
            data: body of the request; none when None.
            headers: added to the request.
            timeout: seconds for everything together.
            method: ``"PUT"``, ``"DELETE"``…; when ``""`` GET, or POST when there is ``data``.

        Raises:
            RemoteError: no connection, or a status other than 2xx.
            DeadlineExceeded: the limit passed.
        """
        ...
