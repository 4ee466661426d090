"""A machine whose every call passes through somebody: who writes it down, or who answers in its place."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from attrs import field, frozen

from serai.hookspec.artifacts import Artifact
from serai.hookspec.facts import Facts
from serai.hookspec.remote import CompletedCommand, File, Layout, Remote
from serai.hookspec.secrets import Secret
from serai.hookspec.services import Service, Services, ServiceStatus
from serai.hookspec.transcripts.kinds import service_sent
from serai.hookspec.transcripts.veils import Handed

T = TypeVar("T")

_KEPT: Final = 1024 * 1024
"""Bytes of the largest download whose content is handed to who observes."""


@frozen
class RemoteCall:
    """A call, as it is made.

    Attributes:
        call: which.
        words: the argument list, paths, names.
        sent: what else is said: JSON-compatible but for :class:`Handed`. Nothing of it is veiled yet.
    """

    call: str
    words: tuple[str, ...] = ()
    sent: Mapping[str, Any] = field(factory=dict, hash=False)


class Observer(Protocol):
    """Whom calls pass through."""

    def __call__(self, call: RemoteCall, act: Callable[[], T]) -> T:
        """Have a call come to something.

        Args:
            call: the call.
            act: makes it, and gives its answer or raises.

        Returns:
            The answer, that of ``act`` or another one.
        """
        ...


class ObservedRemote:
    """Implements :class:`serai.hookspec.remote.Remote` over another one.

    Args:
        remote: the machine.
        observer: whom each call passes through.
    """

    def __init__(self, remote: Remote, observer: Observer) -> None:
        self._remote = remote
        self._observe = observer

    @property
    def host(self) -> str:
        return self._remote.host

    @property
    def layout(self) -> Layout:
        return self._remote.layout

    @property
    def machine(self) -> Any:
        return self._remote.machine  # past all who observe: there is no telling what it is used for

    @property
    def services(self) -> Services:
        return ObservedServices(self._remote.services, self._observe)

    @property
    def facts(self) -> Facts:
        return self._observe(RemoteCall("facts"), lambda: self._remote.facts)

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
        return self._observe(
            RemoteCall("run", argv, self._sent(env, cwd, stdin, root=root)),
            lambda: self._remote.run(
                *argv, timeout=timeout, env=env, cwd=cwd, stdin=stdin, check=check, root=root, silence=silence
            ),
        )

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
        return self._observe(
            RemoteCall("run", ("sh", "-c", text, "sh", *args), self._sent(env, cwd, stdin, root=root)),
            lambda: self._remote.script(
                text, *args, timeout=timeout, env=env, cwd=cwd, stdin=stdin, check=check, root=root, silence=silence
            ),
        )

    def put(
        self, files: Mapping[str, str | bytes | Secret | File], *, timeout: float = 300.0, root: bool = False
    ) -> frozenset[str]:
        sent = {"files": [_handed(content) for content in files.values()]}
        return self._observe(
            RemoteCall("put", tuple(files), sent), lambda: self._remote.put(files, timeout=timeout, root=root)
        )

    def get(self, path: str, *, timeout: float = 300.0) -> bytes:
        return self._observe(RemoteCall("get", (path,)), lambda: self._remote.get(path, timeout=timeout))

    def upload(self, source: Path, path: str, *, timeout: float = 3600.0) -> bool:
        return self._observe(RemoteCall("upload", (path,)), lambda: self._remote.upload(source, path, timeout=timeout))

    def download(self, path: str, destination: Path, *, timeout: float = 3600.0) -> None:
        def fetch() -> bytes | None:
            self._remote.download(path, destination, timeout=timeout)
            return destination.read_bytes() if destination.stat().st_size <= _KEPT else None

        content = self._observe(RemoteCall("download", (path,)), fetch)
        if content is not None:
            destination.write_bytes(content)  # another one, perhaps, than was fetched

    def remove(self, paths: Sequence[str], *, timeout: float = 300.0) -> None:
        self._observe(RemoteCall("remove", tuple(paths)), lambda: self._remote.remove(paths, timeout=timeout))

    def http(
        self,
        url: str,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        method: str = "",
    ) -> bytes:
        words = (method or ("GET" if data is None else "POST"), url)
        return self._observe(
            RemoteCall("http", words, {"data": Handed(data)} if data else {}),
            lambda: self._remote.http(url, data=data, headers=headers, timeout=timeout, method=method),
        )

    def deliver(self, artifact: Artifact, deliver: Callable[[Remote], str]) -> str:
        """Have an artifact delivered; what that takes is nobody's to see.

        Args:
            artifact: which.
            deliver: does it, given the machine itself; gives the directory.
        """
        return self._observe(RemoteCall("artifact", (artifact.name, artifact.version)), lambda: deliver(self._remote))

    def _sent(
        self, env: Mapping[str, str] | None, cwd: str, stdin: str | bytes | Secret | None, *, root: bool
    ) -> Mapping[str, Any]:
        elsewhere = cwd if cwd != self.layout.prefix else ""
        return command_sent(env, elsewhere, stdin, root=root)


class ObservedServices:
    """Implements :class:`serai.hookspec.services.Services` over others.

    Args:
        services: the machine's.
        observer: whom each call passes through.
    """

    def __init__(self, services: Services, observer: Observer) -> None:
        self._services = services
        self._observe = observer

    def start(self, service: Service) -> bool:
        return self._observe(_declared("start", service), lambda: self._services.start(service))

    def stop(self, service: Service | str) -> bool:
        return self._observe(RemoteCall("stop", (_name(service),)), lambda: self._services.stop(service))

    def restart(self, service: Service) -> None:
        self._observe(_declared("restart", service), lambda: self._services.restart(service))

    def runs(self, service: Service) -> bool:
        return self._observe(_declared("runs", service), lambda: self._services.runs(service))

    def signal(self, service: Service | str, signal: str) -> None:
        self._observe(RemoteCall("signal", (_name(service), signal)), lambda: self._services.signal(service, signal))

    def status(self, *names: str) -> dict[str, ServiceStatus]:
        return self._observe(RemoteCall("status", names), lambda: self._services.status(*names))

    def log(self, name: str, *, lines: int = 50, stream: str = "stderr") -> str:
        call = RemoteCall("log", (name, stream))
        return self._observe(call, lambda: self._services.log(name, lines=lines, stream=stream))

    def remove(self, names: Sequence[str]) -> None:
        self._observe(RemoteCall("remove services", tuple(names)), lambda: self._services.remove(names))


def delivered(remote: Remote, artifact: Artifact, deliver: Callable[[Remote], str]) -> str:
    """Have an artifact delivered to a machine, observed or not; arguments as of :meth:`ObservedRemote.deliver`."""
    return remote.deliver(artifact, deliver) if isinstance(remote, ObservedRemote) else deliver(remote)


def command_sent(
    env: Mapping[str, str] | None, cwd: str, stdin: str | bytes | Secret | None, *, root: bool
) -> Mapping[str, Any]:
    """What is said with a command beside its arguments; of its environment the names alone."""
    told = {"env": sorted(env or {}), "cwd": cwd, "root": root}
    given = {} if not stdin else {"stdin": Handed(stdin)}
    return {**given, **{name: value for name, value in told.items() if value}}


def _declared(call: str, service: Service) -> RemoteCall:
    return RemoteCall(call, (service.name,), service_sent(service))


def _handed(content: str | bytes | Secret | File) -> Handed:
    if isinstance(content, File):
        return Handed(content.content, content.mode, content.owner)
    return Handed(content, 0o600 if isinstance(content, Secret) else 0o644)


def _name(service: Service | str) -> str:
    return service if isinstance(service, str) else service.name
