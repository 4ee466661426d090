"""Connections to machines: opened from endpoints, closed for sure."""

from collections.abc import Callable
from threading import Event, Lock
from types import TracebackType
from typing import Final

from serai.engine.remote.machine import RemoteMachine
from serai.engine.remote.permitted import Permitted
from serai.engine.remote.ssh import SshTransport
from serai.engine.remote.ssh_links import Links
from serai.engine.remote.transport import Transport
from serai.hookspec.cluster import Instance
from serai.hookspec.errors import Unsupported
from serai.hookspec.remote import DirectEndpoint, Endpoint, Layout, LocalEndpoint, Remote, SshEndpoint

CONNECT_LIMIT: Final = 20.0
"""Seconds for opening a connection."""


def connect(endpoint: LocalEndpoint, *, root: bool = False, cancelled: Event | None = None) -> RemoteMachine:
    """A connection to this machine, outside of any pool.

    Args:
        endpoint: which part of it.
        root: whether commands may be run as root.
        cancelled: set when what runs is to be killed.
    """
    return RemoteMachine(_local(endpoint, cancelled), Layout(endpoint.prefix), root=root)


def _local(endpoint: LocalEndpoint, cancelled: Event | None) -> Transport:
    # Here and not above: plumbum takes longer to import than all the engine.
    from serai.engine.remote.local import LocalTransport

    return LocalTransport(endpoint.host, endpoint.env, cancelled)


class Pool:
    """The connections of one operation. A context manager; safe to be used by several threads at once.

    Args:
        cancelled: set when the operation is to stop: what runs on the machines is killed.
        notice: told, in words, of what went wrong and was put right.
        permit: called before each command; raises when none may be run any more.
        lend: what instances are connected with in the place of a connection; the connection itself when None.
        connect_limit: seconds for opening a connection.
    """

    def __init__(
        self,
        cancelled: Event | None = None,
        notice: Callable[[str], None] | None = None,
        permit: Callable[[], None] | None = None,
        *,
        lend: Callable[[Instance, Remote], Remote] | None = None,
        connect_limit: float = CONNECT_LIMIT,
    ) -> None:
        self._lend = lend
        self._cancelled = cancelled
        self._notice = notice
        self._permit = permit
        self._lock = Lock()
        self._links = Links(connect_limit, cancelled)
        self._open: dict[tuple[Endpoint, bool], RemoteMachine] = {}
        self._bound: dict[int, Instance] = {}

    def get(self, endpoint: Endpoint, *, root: bool = False) -> Remote:
        """The connection to an endpoint: one, however often it is asked for.

        Args:
            endpoint: where to.
            root: whether commands may be run as root.

        Raises:
            Unsupported: no transport of this engine goes there.
            ValueError: the endpoint's address or keys cannot be what they are meant to be.
        """
        if isinstance(endpoint, DirectEndpoint):
            return endpoint.remote
        with self._lock:
            if (endpoint, root) not in self._open:
                self._open[endpoint, root] = self._connect(endpoint, root)
            return self._open[endpoint, root]

    def bind(self, instance: Instance, endpoint: Endpoint, *, root: bool = False) -> Remote:
        """Connect an instance: ``instance.remote`` works until the pool is closed.

        Args:
            instance: whose machine that is.
            endpoint: where to.
            root: whether a plugin of the cluster declared that it runs commands as root.
        """
        remote = self.get(endpoint, root=root)
        if self._lend is not None:
            remote = self._lend(instance, remote)
        instance.bind(remote)
        with self._lock:
            self._bound[id(instance)] = instance
        return remote

    def host_keys(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The keys that a machine may prove itself with: those pinned, or after first contact the one that it showed.

        Args:
            endpoint: one that was connected to; there are none for other than ssh.
        """
        return self._links.to(endpoint).trust.keys if isinstance(endpoint, SshEndpoint) else ()

    def close(self) -> None:
        """Take back and close all connections, whatever goes wrong with one of them.

        Raises:
            ExceptionGroup: some could not be closed properly; all were tried.
        """
        with self._lock:
            instances, self._bound = list(self._bound.values()), {}
            remotes, self._open = list(self._open.values()), {}
        for instance in instances:
            instance.bind(None)
        failures: list[Exception] = []
        for close in (*(remote.close for remote in remotes), self._links.close):
            try:
                close()
            except Exception as error:  # noqa: BLE001 - the others must be closed all the same
                failures.append(error)
        if failures:
            raise ExceptionGroup("connections could not be closed", failures)

    def _connect(self, endpoint: Endpoint, root: bool) -> RemoteMachine:
        if not isinstance(endpoint, LocalEndpoint | SshEndpoint):
            raise Unsupported(f"no transport for a {type(endpoint).__name__}", hint="a newer Serai may have one")
        transport = self._transport(endpoint)
        permitted = transport if self._permit is None else Permitted(transport, self._permit)
        return RemoteMachine(permitted, Layout(endpoint.prefix), root=root)

    def _transport(self, endpoint: LocalEndpoint | SshEndpoint) -> Transport:
        if isinstance(endpoint, SshEndpoint):
            return SshTransport(self._links.to(endpoint), endpoint.host, endpoint.env, self._notice)
        return _local(endpoint, self._cancelled)

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
