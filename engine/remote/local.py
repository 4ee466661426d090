"""The transport to this machine: commands are processes here, started by plumbum."""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from errno import ENOENT
from threading import Event
from typing import IO, Any, cast

from plumbum.machines.local import LocalCommand, local

from serai.engine.remote.root import SUDO, as_root, refusal
from serai.engine.remote.sessions import Child, kill, kill_session, wait
from serai.engine.remote.streams import input_descriptor
from serai.engine.remote.transport import Command, HttpAnswer, HttpRequest, Limit, Outcome
from serai.engine.remote.watch import Watch
from serai.engine.remote.web import ask
from serai.hookspec.errors import RemoteError


class LocalTransport:
    """Runs commands on this machine.

    Environment and directory go with each call: plumbum's own ``local.env`` and ``local.cwd`` belong to the whole
    process, and are left alone.

    Args:
        host: what errors call the machine.
        env: added to this process's environment for every command.
        cancelled: set when commands are to be killed.
    """

    shares_files = True

    def __init__(self, host: str, env: Mapping[str, str], cancelled: Event | None = None) -> None:
        self.host = host
        self._env = dict(env)
        self._cancelled = cancelled

    @property
    def machine(self) -> Any:
        return local

    def execute(
        self,
        command: Command,
        *,
        stdin: bytes | IO[bytes] | None,
        stdout: IO[bytes] | None,
        timeout: float,
        silence: float | None = None,
    ) -> Outcome:
        watch = Watch(timeout, silence, self._cancelled)
        try:
            for directory in command.directories:
                os.makedirs(directory, exist_ok=True)
            # Files, never pipes: a pipe would be held open by whatever daemon the command leaves behind.
            with input_descriptor(stdin) as source, tempfile.TemporaryFile() as own, tempfile.TemporaryFile() as errors:
                return self._run(command, source, stdout or own, errors, watch, own)
        except OSError as error:
            raise RemoteError(
                str(error), host=self.host, hint="see whether there is space, and the right to write"
            ) from error

    def _run(
        self,
        command: Command,
        stdin: int,
        stdout: IO[bytes],
        stderr: IO[bytes],
        watch: Watch,
        own: IO[bytes],
    ) -> Outcome:
        as_other = command.root and os.geteuid() != 0
        if as_other:
            self._check_sudo(command.cwd, watch)
        try:
            child = self._start(command, as_other, stdin, stdout, stderr)
        except OSError as error:
            return _not_started(command, error, watch.seconds, self._environment(command).get("PATH", ""))
        exceeded = _finish(child, watch, (stdout, stderr), sudo=as_other)
        status = child.returncode or 0
        return Outcome(
            status=128 - status if status < 0 else status,
            stdout=_content(own),
            stderr=_content(stderr),
            seconds=watch.seconds,
            exceeded=exceeded,
        )

    def _check_sudo(self, cwd: str, watch: Watch) -> None:
        probe = Command((*SUDO, "true"), cwd)
        outcome = self.execute(probe, stdin=None, stdout=None, timeout=watch.left())
        if outcome.status != 0:
            raise refusal(self.host, os.fsdecode(outcome.stderr))

    def _start(self, command: Command, as_other: bool, stdin: int, stdout: IO[bytes], stderr: IO[bytes]) -> Child:
        argv = as_root(command.argv, {**self._env, **command.env}) if as_other else command.argv
        started = LocalCommand(argv[0]).popen(
            argv[1:],
            cwd=command.cwd,
            env=self._environment(command),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            new_session=True,
        )
        return cast(Child, started)

    def _environment(self, command: Command) -> dict[str, str]:
        return {**os.environ, **self._env, **command.env}

    def http(self, request: HttpRequest, *, timeout: float) -> HttpAnswer:
        return ask(request, host=self.host, timeout=timeout)

    def close(self) -> None:
        """Nothing is held open."""


def _finish(child: Child, watch: Watch, written: Sequence[IO[bytes]], *, sudo: bool) -> Limit | None:
    """Wait for the end, and bring it about when a limit has passed; gives that limit."""
    seen = 0
    try:
        while not wait(child, watch.pause()):
            size = sum(os.fstat(file.fileno()).st_size for file in written)
            if size != seen:
                seen = size
                watch.heard()
            if (exceeded := watch.exceeded()) is not None:
                _end(child, sudo=sudo)
                return exceeded
    except BaseException:
        _end(child, sudo=sudo)
        raise
    return None


def _end(child: Child, *, sudo: bool) -> None:
    kill_session(child.pid, kill=_kill_by_sudo if sudo else kill)
    child.wait()


def _kill_by_sudo(pids: Iterable[int]) -> None:
    """What sudo has started belongs to root, and only root may end it."""
    LocalCommand("sudo").run([*SUDO[1:], "kill", "-KILL", *(str(pid) for pid in pids)], retcode=None)


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _not_started(command: Command, error: OSError, seconds: float, path: str) -> Outcome:
    """What a shell would have said."""
    program, reason = command.argv[0], error.strerror
    missing = isinstance(error, FileNotFoundError | NotADirectoryError)
    # A directory of the PATH that may not be searched hides that the program is in none.
    if isinstance(error, PermissionError) and not _exists(program, path):
        missing, reason = True, os.strerror(ENOENT)
    subject = command.cwd if error.filename == command.cwd else program
    text = f"{subject}: {reason}\n"
    return Outcome(127 if missing else 126, b"", text.encode(errors="backslashreplace"), seconds)


def _exists(program: str, path: str) -> bool:
    directories = [""] if "/" in program else path.split(os.pathsep)
    return any(os.path.exists(os.path.join(directory, program)) for directory in directories)
