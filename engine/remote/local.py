"""The transport to this machine: commands are processes here, started by plumbum."""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import ENOENT
from subprocess import DEVNULL
from typing import IO, Any, cast

from plumbum.machines.local import LocalCommand, local

from serai.engine.remote.sessions import Child, kill_session, wait
from serai.engine.remote.transport import Command, HttpAnswer, HttpRequest, Outcome
from serai.engine.remote.web import ask
from serai.hookspec.errors import RemoteError


class LocalTransport:
    """Runs commands on this machine.

    Environment and directory go with each call: plumbum's own ``local.env`` and ``local.cwd`` belong to the whole
    process, and are left alone.

    Args:
        host: what errors call the machine.
        env: added to this process's environment for every command.
    """

    shares_files = True

    def __init__(self, host: str, env: Mapping[str, str]) -> None:
        self.host = host
        self._env = dict(env)

    @property
    def machine(self) -> Any:
        return local

    def execute(
        self, command: Command, *, stdin: bytes | IO[bytes] | None, stdout: IO[bytes] | None, timeout: float
    ) -> Outcome:
        try:
            for directory in command.directories:
                os.makedirs(directory, exist_ok=True)
            return self._run(command, stdin, stdout, timeout)
        except OSError as error:
            raise RemoteError(
                str(error), host=self.host, hint="see whether there is space, and the right to write"
            ) from error

    def _run(
        self, command: Command, stdin: bytes | IO[bytes] | None, stdout: IO[bytes] | None, timeout: float
    ) -> Outcome:
        began = time.monotonic()
        # Files, never pipes: a pipe would be held open by whatever daemon the command leaves behind.
        with _input(stdin) as source, tempfile.TemporaryFile() as own, tempfile.TemporaryFile() as errors:
            sink = own if stdout is None else stdout
            try:
                child = self._start(command, source, sink, errors)
            except OSError as error:
                return _not_started(
                    command, error, time.monotonic() - began, self._environment(command).get("PATH", "")
                )
            overdue = _finish(child, timeout)
            status = child.returncode or 0
            return Outcome(
                status=128 - status if status < 0 else status,
                stdout=_content(own),
                stderr=_content(errors),
                seconds=time.monotonic() - began,
                overdue=overdue,
            )

    def _start(self, command: Command, stdin: int | IO[bytes], stdout: IO[bytes], stderr: IO[bytes]) -> Child:
        program, *arguments = command.argv
        started = LocalCommand(program).popen(
            arguments,
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


def _finish(child: Child, timeout: float) -> bool:
    """Wait for the end, and bring it about when the time is up; True when that was needed."""
    try:
        overdue = not wait(child, timeout)
        if overdue:
            kill_session(child.pid)
            child.wait()
    except BaseException:
        kill_session(child.pid)
        child.wait()
        raise
    return overdue


@contextmanager
def _input(stdin: bytes | IO[bytes] | None) -> Iterator[int | IO[bytes]]:
    if stdin is None:
        yield DEVNULL
    elif isinstance(stdin, bytes):
        # In memory, since what goes this way may be a secret.
        with open(os.memfd_create("stdin"), "w+b") as file:
            file.write(stdin)
            file.seek(0)
            yield file
    else:
        yield stdin


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
