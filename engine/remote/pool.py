"""Connections to machines: opened from endpoints, closed for sure."""

from collections.abc import Callable
from threading import Event, Lock
from types import TracebackType

from serai.engine.remote.machine import RemoteMachine
from serai.hookspec.cluster import Instance
from serai.hookspec.errors import Unsupported
from serai.hookspec.remote import DirectEndpoint, Endpoint, Layout, LocalEndpoint, Remote, SshEndpoint


def connect(endpoint: Endpoint, *, root: bool = False, cancelled: Event | None = None) -> RemoteMachine:
    """Make a connection; it is opened by the first call that needs it, and closed by whoever asked for it.

    Args:
        endpoint: where to.
        root: whether commands may be run as root.
        cancelled: set when what runs is to be killed.

    Raises:
        Unsupported: no transport of this engine goes there.
    """
    if isinstance(endpoint, LocalEndpoint):
        # Here and not above: plumbum takes longer to import than all the engine.
        from serai.engine.remote.local import LocalTransport

        transport = LocalTransport(endpoint.host, endpoint.env, cancelled)
        return RemoteMachine(transport, Layout(endpoint.prefix), root=root)
    raise Unsupported(f"no transport for a {type(endpoint).__name__}", hint="a newer Serai may have one")


class Pool:
    """The connections of one operation. A context manager; safe to be used by several threads at once.

    Args:
        cancelled: set when the operation is to stop: what runs on the machines is killed.
        notice: told, in words, of what went wrong and was put right.
    """

    def __init__(self, cancelled: Event | None = None, notice: Callable[[str], None] | None = None) -> None:
        self._cancelled = cancelled
        self._notice = notice
        self._lock = Lock()
        self._open: dict[tuple[Endpoint, bool], RemoteMachine] = {}
        self._bound: dict[int, Instance] = {}

    def get(self, endpoint: Endpoint, *, root: bool = False) -> Remote:
        """The connection to an endpoint: one, however often it is asked for.

        Args:
            endpoint: where to.
            root: whether commands may be run as root.

        Raises:
            Unsupported: no transport of this engine goes there.
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
        instance.bind(remote)
        with self._lock:
            self._bound[id(instance)] = instance
        return remote

    def host_keys(self, endpoint: Endpoint) -> tuple[str, ...]:
        """The keys that the machine proved itself with; none for one that needs no proof."""
        return ()

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
        for remote in remotes:
            try:
                remote.close()
            except Exception as error:  # noqa: BLE001 - the others must be closed all the same
                failures.append(error)
        if failures:
            raise ExceptionGroup("connections could not be closed", failures)

    def _connect(self, endpoint: LocalEndpoint | SshEndpoint, root: bool) -> RemoteMachine:
        return connect(endpoint, root=root, cancelled=self._cancelled)

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
