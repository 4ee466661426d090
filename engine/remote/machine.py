"""A machine as plugins see it: :class:`serai.hookspec.remote.Remote` over any transport."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import IO, Any

from attrs import field, frozen

from serai.engine.remote import facts, placing, transfer, trees
from serai.engine.remote.commands import checked_argv, checked_env, completed, failure, stdin_bytes, text
from serai.engine.remote.root import undeclared
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
        layout: where things are on it; one whose prefix is ``""`` belongs to a machine that is only looked at.
        root: whether commands may be run as root.
    """

    def __init__(self, transport: Transport, layout: Layout, *, root: bool = False) -> None:
        self._transport = transport
        self._layout = layout
        self._may_be_root = root
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
        return PidfileServices(self.host, self._layout, self._converge)

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
        root: bool = False,
        silence: float | None = None,
    ) -> CompletedCommand:
        call = _Call("", timeout, silence, env or {}, cwd, stdin_bytes(stdin), root=root)
        return self._complete(argv, call, check=check)

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
        call = _Call("script", timeout, silence, env or {}, cwd, stdin_bytes(stdin), root=root)
        return self._complete(argv, call, check=check)

    def put(
        self, files: Mapping[str, str | bytes | Secret | File], *, timeout: float = 300.0, root: bool = False
    ) -> frozenset[str]:
        paths = list(files)
        if not paths:
            return frozenset()
        request = placing.request(files)
        script = ("sh", "-c", placing.PLACE, "sh", str(request.manifest_size))
        outcome = self._demand(*script, title="put", stdin=request.stream, timeout=timeout, root=root)
        return frozenset(paths[int(index)] for index in outcome.stdout.split())

    def get(self, path: str, *, timeout: float = 300.0) -> bytes:
        return self._demand("cat", "--", path, title=f"get {path}", timeout=timeout).stdout

    def upload(self, source: Path | trees.Tree, path: str, *, timeout: float = 3600.0) -> bool:
        return trees.upload(self._demand, source, transfer.checked_path(path), timeout=timeout)

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
        method: str = "",
    ) -> bytes:
        self._check_open()
        request = HttpRequest(url, data, headers or {}, method or ("GET" if data is None else "POST"))
        answer = self._transport.http(request, timeout=timeout)
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

    def _complete(self, argv: Sequence[str], call: "_Call", *, check: bool) -> CompletedCommand:
        outcome = self._execute(argv, call)
        if check or outcome.exceeded is not None:
            self._raise_for(outcome, argv, call)
        return completed(tuple(argv), outcome)

    def _converge(self, words: Sequence[str], *, timeout: float, check: bool, repeatable: bool) -> CompletedCommand:
        """Run a script of our own that says itself what went wrong."""
        text, *arguments = words
        call = _Call("script", timeout=timeout, repeatable=repeatable)
        return self._complete(("sh", "-c", text, "sh", *arguments), call, check=check)

    def _demand(
        self,
        *argv: str,
        title: str,
        timeout: float,
        stdin: bytes | IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
        root: bool = False,
    ) -> Outcome:
        """Run a command of our own, which does no harm when it is run twice; its title stands in errors."""
        call = _Call(title, timeout=timeout, stdin=stdin, stdout=stdout, root=root, repeatable=True)
        outcome = self._execute(argv, call)
        self._raise_for(outcome, argv, call)
        return outcome

    def _raise_for(self, outcome: Outcome, argv: Sequence[str], call: "_Call") -> None:
        error = failure(outcome, argv, host=self.host, timeout=call.timeout, silence=call.silence, title=call.title)
        if error is not None:
            raise error

    def _execute(self, argv: Sequence[str], call: "_Call") -> Outcome:
        self._check_open()
        if call.root and not self._may_be_root:
            raise undeclared(self.host)
        command = Command(
            checked_argv(argv),
            call.cwd or self._layout.prefix or "/",
            checked_env(call.env),
            self._missing(),
            root=call.root,
            repeatable=call.repeatable,
        )
        outcome = self._transport.execute(
            command, stdin=call.stdin, stdout=call.stdout, timeout=call.timeout, silence=call.silence
        )
        self._prepared = True
        return outcome

    def _missing(self) -> tuple[str, ...]:
        """The layout's directories, made with the first command; never again, lest a removed machine come back."""
        layout = self._layout
        if self._prepared or not layout.prefix:
            return ()
        return (layout.dist, layout.conf, layout.data, layout.log, layout.run)

    def _check_open(self) -> None:
        if self._closed:
            raise RemoteError("the connection was closed", host=self.host, code="NOT_CONNECTED")


@frozen
class _Call:
    """How a command is to be run: what the transport and the errors are told beside its arguments."""

    title: str = ""
    timeout: float = 300.0
    silence: float | None = None
    env: Mapping[str, str] = field(factory=dict)
    cwd: str = ""
    stdin: bytes | IO[bytes] | None = None
    stdout: IO[bytes] | None = None
    root: bool = False
    repeatable: bool = False
