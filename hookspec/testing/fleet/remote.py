"""A host in memory as hooks see it."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from serai.hookspec.errors import CommandFailed, RemoteError, Unsupported
from serai.hookspec.facts import Facts
from serai.hookspec.remote import CompletedCommand, File, Layout
from serai.hookspec.secrets import Secret
from serai.hookspec.services import Services
from serai.hookspec.testing.fleet.commands import Asked, Rules, as_bytes, checked_argv
from serai.hookspec.testing.fleet.faults import Call, Fault, FaultKind
from serai.hookspec.testing.fleet.hosts import FleetHost, StoredFile
from serai.hookspec.testing.fleet.services import FleetServices

_LIMIT: Final = 60.0
"""Seconds of a round trip whose caller sets none."""


class FleetRemote:
    """Implements :class:`serai.hookspec.remote.Remote`: one round trip a call, as on real machines.

    Args:
        host: the machine.
        layout: where things are on it.
        rules: what it answers to commands. Without one ``test -e PATH`` tells whether there are such files, as jobs
            want to know; all other commands say nothing and end with status 0.
    """

    def __init__(self, host: FleetHost, layout: Layout, rules: Rules) -> None:
        self._machine = host
        self._layout = layout
        self._rules = rules
        self._connected = False
        self._facts: Facts | None = None
        self._lock = threading.Lock()  # one thread connects, and one reads the facts

    @property
    def host(self) -> str:
        return self._machine.name

    @property
    def layout(self) -> Layout:
        return self._layout

    @property
    def machine(self) -> Any:
        raise Unsupported("a host in memory has no plumbum machine", place=self.host)

    @property
    def services(self) -> Services:
        return FleetServices(self._machine, self._reach)

    @property
    def facts(self) -> Facts:
        if self._facts is None:
            if garbage := self._garbage(self._reach("facts")):
                raise RemoteError(f"facts: cannot be read: {garbage!r}", host=self.host)
            self._facts = self._machine.facts
        return self._facts

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
        asked = Asked(checked_argv(argv), as_bytes(stdin), env or {}, cwd or self._layout.prefix, root)
        fault = self._reach("run", *asked.argv, limit=timeout, root=root)
        return self._ended(asked, fault, check=check)

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
        argv = ("sh", "-c", text, "sh", *args)
        return self.run(*argv, timeout=timeout, env=env, cwd=cwd, stdin=stdin, check=check, root=root, silence=silence)

    def put(
        self, files: Mapping[str, str | bytes | Secret | File], *, timeout: float = 300.0, root: bool = False
    ) -> frozenset[str]:
        wanted = {path: self._stored(path, content) for path, content in files.items()}
        fault = self._reach("put", *wanted, limit=timeout, root=root)
        return self._written(wanted, fault)

    def get(self, path: str, *, timeout: float = 300.0) -> bytes:
        garbage = self._garbage(self._reach("get", path, limit=timeout))
        return garbage.encode() or self._read(path)

    def upload(self, source: Path, path: str, *, timeout: float = 3600.0) -> bool:
        found = [source] if source.is_file() else [file for file in sorted(source.rglob("*")) if file.is_file()]
        files = {
            path if file is source else f"{path}/{file.relative_to(source)}": File(
                file.read_bytes(), file.stat().st_mode & 0o777
            )
            for file in found
        }
        fault = self._reach("upload", path, limit=timeout)
        return bool(self._written({target: self._stored(target, file) for target, file in files.items()}, fault))

    def download(self, path: str, destination: Path, *, timeout: float = 3600.0) -> None:
        self._reach("download", path, limit=timeout)
        destination.write_bytes(self._read(path))

    def remove(self, paths: Sequence[str], *, timeout: float = 300.0) -> None:
        if outside := [path for path in paths if not path.startswith(f"{self._layout.prefix}/")]:
            raise ValueError(f"not below {self._layout.prefix}: {', '.join(outside)}")
        self._reach("remove", *paths, limit=timeout)
        gone = tuple(f"{path}/" for path in paths)
        for path in [path for path in self._machine.files if f"{path}/".startswith(gone)]:
            del self._machine.files[path]

    def http(
        self,
        url: str,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        method: str = "",
    ) -> bytes:
        asked = Asked((method or ("GET" if data is None else "POST"), url), data or b"")
        fault = self._reach("http", *asked.argv, limit=timeout)
        answer = self._rules.answer(self._machine, asked)
        if answer is None:
            raise RemoteError(f"{url}: nothing answers", host=self.host)
        if answer.status:
            raise RemoteError(f"{url}: {answer.status} {answer.stderr}", host=self.host, code="HTTP_STATUS")
        return (self._garbage(fault) or answer.stdout).encode(errors="surrogateescape")

    def _reach(self, kind: str, *words: str, limit: float = _LIMIT, root: bool = False) -> Fault | None:
        """Make a round trip; the first one makes the connection. What is wrong with its effect or answer."""
        with self._lock:
            if not self._connected:
                self._machine.connect()
                self._connected = True
        return self._machine.reach(Call(kind, words, root), limit)

    def _garbage(self, fault: Fault | None) -> str:
        """What is said in the place of an answer; ``""`` where the answer is told."""
        return fault.text if fault is not None and fault.kind is FaultKind.GARBAGE else self._machine.garbage

    def _ended(self, asked: Asked, fault: Fault | None, *, check: bool) -> CompletedCommand:
        answer = self._rules.answer(self._machine, asked) or CompletedCommand((), self._status(asked), "", "")
        ended = evolve(answer, argv=asked.argv, stdout=self._garbage(fault) or answer.stdout)
        if check and ended.status:
            details = {"argv": list(ended.argv), "status": ended.status, "stderr": ended.stderr.splitlines()}
            raise CommandFailed(f"{ended.argv[0]}: status {ended.status}", host=self.host, details=details)
        return ended

    def _status(self, asked: Asked) -> int:
        """How a command ends that no rule is for."""
        if asked.argv[:2] == ("test", "-e"):
            return int(not any(f"{path}/".startswith(f"{asked.argv[2]}/") for path in self._machine.files))
        return 0

    def _written(self, files: Mapping[str, StoredFile], fault: Fault | None) -> frozenset[str]:
        """Write the files that differ; which they are. Where there is no room, none is written."""
        differing = {path: file for path, file in files.items() if self._machine.files.get(path) != file}
        is_full = self._machine.is_full or (fault is not None and fault.kind is FaultKind.DISK_FULL)
        if differing and is_full:
            what = f"put: {next(iter(differing))}: No space left on device"
            raise CommandFailed(what, host=self.host, details={"status": 1})
        self._machine.files.update(differing)
        return frozenset(differing)

    def _stored(self, path: str, content: str | bytes | Secret | File) -> StoredFile:
        if not path.startswith("/"):
            raise ValueError(f"not an absolute path: {path!r}")
        if not isinstance(content, File):
            content = File(content, 0o600 if isinstance(content, Secret) else 0o644)
        return StoredFile(as_bytes(content.content), content.mode, content.owner or self._machine.facts.user)

    def _read(self, path: str) -> bytes:
        try:
            return self._machine.files[path].content
        except KeyError:
            raise CommandFailed(f"get {path}: No such file", host=self.host, details={"status": 1}) from None
