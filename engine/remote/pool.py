"""Connections to machines: opened from endpoints, closed for sure."""

from threading import Lock
from types import TracebackType

from serai.engine.remote.machine import RemoteMachine
from serai.hookspec.cluster import Instance
from serai.hookspec.errors import Unsupported
from serai.hookspec.remote import Endpoint, Layout, LocalEndpoint


def connect(endpoint: Endpoint) -> RemoteMachine:
    """Make a connection; it is opened by the first call that needs it, and closed by whoever asked for it.

    Raises:
        Unsupported: no transport of this engine goes there.
    """
    if isinstance(endpoint, LocalEndpoint):
        # Here and not above: plumbum takes longer to import than all the engine.
        from serai.engine.remote.local import LocalTransport

        return RemoteMachine(LocalTransport(endpoint.host, endpoint.env), Layout(endpoint.prefix))
    raise Unsupported(f"no transport for a {type(endpoint).__name__}", hint="a newer Serai may have one")


class Pool:
    """The connections of one operation. A context manager; safe to be used by several threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[Endpoint, RemoteMachine] = {}
        self._bound: dict[int, Instance] = {}

    def get(self, endpoint: Endpoint) -> RemoteMachine:
        """The connection to an endpoint: one, however often it is asked for."""
        with self._lock:
            if endpoint not in self._open:
                self._open[endpoint] = connect(endpoint)
            return self._open[endpoint]

    def bind(self, instance: Instance, endpoint: Endpoint) -> RemoteMachine:
        """Connect an instance: ``instance.remote`` works until the pool is closed."""
        remote = self.get(endpoint)
        instance.bind(remote)
        with self._lock:
            self._bound[id(instance)] = instance
        return remote

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

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
