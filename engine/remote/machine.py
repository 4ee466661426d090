"""A machine as plugins see it: :class:`serai.hookspec.remote.Remote` over any transport."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import IO, Any

from serai.engine.remote import facts, transfer, trees
from serai.engine.remote.commands import checked_argv, checked_env, completed, failure, stdin_bytes, text
from serai.engine.remote.services import PidfileServices
from serai.engine.remote.transport import Command, HttpRequest, Outcome, Transport
from serai.hookspec.errors import RemoteError
from serai.hookspec.facts import Facts
from serai.hookspec.remote import CompletedCommand, File, Layout
from serai.hookspec.secrets import Secret
from serai.hookspec.services import Services


class RemoteMachine:
    """A machine, reached through a transport. Safe to be used by several threads at once.

    Args:
        transport: the way to it.
        layout: where things are on it.
    """

    def __init__(self, transport: Transport, layout: Layout) -> None:
        self._transport = transport
        self._layout = layout
        self._prepared = False
        self._closed = False
        self._facts: Facts | None = None
        self._facts_lock = Lock()

    @property
    def host(self) -> str:
        return self._transport.host

    @property
    def layout(self) -> Layout:
        return self._layout

    @property
    def machine(self) -> Any:
        return self._transport.machine

    @property
    def shares_files(self) -> bool:
        """Whether the machine sees the engine's own file system."""
        return self._transport.shares_files

    @property
    def services(self) -> Services:
        return PidfileServices(self)

    @property
    def facts(self) -> Facts:
        with self._facts_lock:
            if self._facts is None:
                answer = self._demand(*facts.command(self._layout.prefix), title="facts", timeout=60.0)
                self._facts = facts.parse(text(answer.stdout))
            return self._facts

    def run(
        self,
        *argv: str,
        timeout: float = 300.0,
        env: Mapping[str, str] | None = None,
        cwd: str = "",
        stdin: str | bytes | Secret | None = None,
        check: bool = True,
    ) -> CompletedCommand:
        return self._complete(argv, "", timeout=timeout, env=env, cwd=cwd, stdin=stdin, check=check)

    def script(
        self,
        text: str,
        *args: str,
        timeout: float = 300.0,
        env: Mapping[str, str] | None = None,
        cwd: str = "",
        stdin: str | bytes | Secret | None = None,
        check: bool = True,
    ) -> CompletedCommand:
        argv = ("sh", "-c", text, "sh", *args)
        return self._complete(argv, "script", timeout=timeout, env=env, cwd=cwd, stdin=stdin, check=check)

    def put(self, files: Mapping[str, str | bytes | Secret | File], *, timeout: float = 300.0) -> frozenset[str]:
        paths = list(files)
        if not paths:
            return frozenset()
        script = ("sh", "-c", transfer.PUT, "sh", self._layout.prefix, transfer.new_token())
        outcome = self._demand(*script, title="put", stdin=transfer.archive(files), timeout=timeout)
        return frozenset(paths[int(index)] for index in outcome.stdout.split())

    def get(self, path: str, *, timeout: float = 300.0) -> bytes:
        return self._demand("cat", "--", path, title=f"get {path}", timeout=timeout).stdout

    def upload(self, source: Path, path: str, *, timeout: float = 3600.0) -> bool:
        return trees.upload(self._demand, Path(source), transfer.checked_path(path), timeout=timeout)

    def download(self, path: str, destination: Path, *, timeout: float = 3600.0) -> None:
        trees.download(self._demand, path, Path(destination), timeout=timeout)

    def remove(self, paths: Sequence[str], *, timeout: float = 300.0) -> None:
        if isinstance(paths, str):
            raise TypeError("remove takes a list of paths")
        below = [transfer.checked_below(path, self._layout.prefix) for path in paths]
        if below:
            self._demand("rm", "-rf", "--", *below, title="remove", timeout=timeout)

    def http(
        self,
        url: str,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> bytes:
        self._check_open()
        answer = self._transport.http(HttpRequest(url, data, headers or {}), timeout=timeout)
        if 200 <= answer.status < 300:
            return answer.body
        raise RemoteError(
            f"{url}: {answer.status} {answer.reason}",
            host=self.host,
            code="HTTP_STATUS",
            details={"status": answer.status, "body": text(answer.body[:2000])},
        )

    def close(self) -> None:
        """Let go of the machine; what runs there goes on. Later calls raise RemoteError."""
        self._closed = True
        self._transport.close()

    def _complete(
        self,
        argv: Sequence[str],
        title: str,
        *,
        timeout: float,
        env: Mapping[str, str] | None,
        cwd: str,
        stdin: str | bytes | Secret | None,
        check: bool,
    ) -> CompletedCommand:
        arguments = checked_argv(argv)
        outcome = self._execute(arguments, env=env, cwd=cwd, stdin=stdin_bytes(stdin), timeout=timeout)
        if check or outcome.overdue:
            self._raise_for(outcome, arguments, timeout, title)
        return completed(arguments, outcome)

    def _demand(
        self,
        *argv: str,
        title: str,
        timeout: float,
        stdin: bytes | IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
    ) -> Outcome:
        """Run a command of our own; its title stands in errors."""
        outcome = self._execute(checked_argv(argv), stdin=stdin, stdout=stdout, timeout=timeout)
        self._raise_for(outcome, argv, timeout, title)
        return outcome

    def _raise_for(self, outcome: Outcome, argv: Sequence[str], timeout: float, title: str) -> None:
        error = failure(outcome, argv, host=self.host, timeout=timeout, title=title)
        if error is not None:
            raise error

    def _execute(
        self,
        argv: tuple[str, ...],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        cwd: str = "",
        stdin: bytes | IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
    ) -> Outcome:
        self._check_open()
        command = Command(argv, cwd or self._layout.prefix, checked_env(env or {}), self._missing())
        outcome = self._transport.execute(command, stdin=stdin, stdout=stdout, timeout=timeout)
        self._prepared = True
        return outcome

    def _missing(self) -> tuple[str, ...]:
        """The layout's directories, made with the first command; never again, lest a removed machine come back."""
        if self._prepared:
            return ()
        layout = self._layout
        return (layout.dist, layout.conf, layout.data, layout.log, layout.run)

    def _check_open(self) -> None:
        if self._closed:
            raise RemoteError("the connection was closed", host=self.host, code="NOT_CONNECTED")
