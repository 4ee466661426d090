"""Services of a machine, kept by the pidfile supervisor: :class:`serai.hookspec.services.Services` over a Remote."""

import hashlib
import json
import re
from collections.abc import Sequence
from secrets import token_hex
from signal import Signals
from typing import Final, Protocol

from attrs import frozen

from serai.engine.remote.commands import checked_argv, checked_env
from serai.engine.remote.listening import listening_keys
from serai.engine.remote.supervisor import NOT_RUNNING, SUPERVISOR
from serai.hookspec.errors import ServiceFailed
from serai.hookspec.log_tails import telling
from serai.hookspec.remote import CompletedCommand, Layout
from serai.hookspec.services import Listening, LogLine, Service, ServiceState, ServiceStatus

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_SIGNALS: Final = frozenset(signal.name.removeprefix("SIG") for signal in Signals)
_MARGIN: Final = 180.0
"""Seconds a round trip may take beside its own waiting: for a lock on the service, and a slow host."""


class Script(Protocol):
    """Runs a script with its arguments on the machine; see :meth:`serai.hookspec.remote.Remote.script`."""

    def __call__(self, words: Sequence[str], *, timeout: float, check: bool, repeatable: bool) -> CompletedCommand: ...


class PidfileServices:
    """Services that need nothing of the host but a shell.

    A slow service is left running when it was not ready in time: starting it again goes on waiting.

    Args:
        host: what errors call the machine.
        layout: where things are on it.
        script: runs the supervisor on it.
    """

    def __init__(self, host: str, layout: Layout, script: Script) -> None:
        self._host = host
        self._layout = layout
        self._script = script

    def start(self, service: Service) -> bool:
        return self._start(service, again=False)

    def restart(self, service: Service) -> None:
        self._start(service, again=True)

    def stop(self, service: Service | str) -> bool:
        if isinstance(service, str):
            return self._stop(["0", checked_name(service), "", ""], patience=600.0)
        order = [
            "0",
            checked_name(service.name),
            checked_signal(service.stop_signal),
            _hundredths(service.stop_timeout),
        ]
        return self._stop(order, patience=service.stop_timeout)

    def runs(self, service: Service) -> bool:
        expected = fingerprint(service, service.cwd or self._layout.prefix)
        ended = self._supervise("runs", checked_name(service.name), expected, check=False)
        if ended.status not in (0, NOT_RUNNING):
            raise self._refused(service.name, f"{service.name}: {ended.stderr.strip()}", ended)
        return ended.status == 0

    def signal(self, service: Service | str, signal: str) -> None:
        name = checked_name(service if isinstance(service, str) else service.name)
        ended = self._supervise("signal", checked_signal(signal), name, check=False)
        if ended.status != 0:
            reason = "it does not run" if ended.status == NOT_RUNNING else ended.stderr.strip()
            raise self._refused(name, f"{name} cannot be sent {signal}: {reason}", ended)

    def status(self, *names: str) -> dict[str, ServiceStatus]:
        ended = self._supervise("status", *(checked_name(name) for name in names))
        found = (parse_status(line) for line in ended.stdout.splitlines())
        return {status.name: status for status in found}

    def log(self, name: str, *, lines: int = 50, stream: str = "stderr") -> str:
        if stream not in ("stdout", "stderr"):
            raise ValueError(f"a service writes to stdout and stderr, not to {stream!r}")
        suffix = "out" if stream == "stdout" else "err"
        return self._supervise("log", f"{checked_name(name)}.{suffix}", str(lines)).stdout

    def remove(self, names: Sequence[str]) -> None:
        if names:
            orders = [part for name in names for part in (checked_name(name), "", "")]
            self._stop(["1", *orders], patience=600.0 * len(names))

    def _start(self, service: Service, *, again: bool) -> bool:
        ended = self._supervise(
            "start",
            *start_arguments(service, again=again, cwd=service.cwd or self._layout.prefix),
            timeout=service.ready_timeout + 2 * service.stop_timeout + _MARGIN,
            check=False,
        )
        if ended.status != 0:
            raise self._failed(service, f"could not be started: {ended.stderr.strip()}", ended, None)
        return self._judge(service, ended)

    def _judge(self, service: Service, ended: CompletedCommand) -> bool:
        """Whether this call started the service; raises when it is not ready."""
        started, verdict, code = ended.stdout.split()
        if verdict == "ready":
            return started == "1"
        exit_code = None if code == "-" else int(code)
        if verdict == "ended":
            how = "" if exit_code is None else f" with status {exit_code}"
            raise self._failed(service, f"ended{how} before it was ready", ended, exit_code)
        raise self._failed(service, f"was not ready within {service.ready_timeout:g} s", ended, None)

    def _failed(self, service: Service, what: str, ended: CompletedCommand, exit_code: int | None) -> ServiceFailed:
        tail = telling(ended.stderr)
        last = f": {tail.splitlines()[-1]}" if tail and tail not in what else ""
        return ServiceFailed(
            f"{service.name} {what}{last}",
            host=self._host,
            hint=f"its logs are {self._layout.log}/{service.name}.out and .err",
            details={"service": service.name, "argv": list(service.argv), "exit_code": exit_code, "log": tail},
        )

    def _refused(self, name: str, message: str, ended: CompletedCommand) -> ServiceFailed:
        details = {"service": name, "status": ended.status, "stderr": ended.stderr.splitlines()}
        hint = f"its logs are {self._layout.log}/{name}.out and .err"
        return ServiceFailed(message, host=self._host, details=details, hint=hint)

    def _stop(self, orders: Sequence[str], *, patience: float) -> bool:
        ended = self._supervise("stop", *orders, timeout=patience + _MARGIN, check=False)
        if ended.status != 0:
            raise self._refused(orders[1], f"{orders[1]} could not be stopped: {ended.stderr.strip()}", ended)
        return "running" in ended.stdout.split()

    def _supervise(self, action: str, *args: str, timeout: float = _MARGIN, check: bool = True) -> CompletedCommand:
        # Whatever it is told, telling it again leads to the same; but a signal that arrives twice is two.
        return self._script(
            (SUPERVISOR, self._layout.run, self._layout.log, action, *args),
            timeout=timeout,
            check=check,
            repeatable=action != "signal",
        )


@frozen
class Probes:
    """A service's readiness, as the supervisor takes it.

    Attributes:
        ports: sets of keys to look for among the listening sockets, separated by blanks.
        texts: what to look for in the logs.
    """

    ports: str
    texts: tuple[str, ...]


def probes(service: Service) -> Probes:
    """What must hold for a service to be ready.

    Raises:
        ValueError: a probe can never hold.
    """
    texts = tuple(probe.text for probe in service.ready if isinstance(probe, LogLine))
    if any(not text or "\n" in text for text in texts):
        raise ValueError(f"{service.name}: a LogLine waits for a part of one line")
    keys = (listening_keys(probe) for probe in service.ready if isinstance(probe, Listening))
    return Probes(" ".join(",".join(alternatives) for alternatives in keys), texts)


def start_arguments(service: Service, *, again: bool, cwd: str) -> list[str]:
    """A service's declaration as the arguments of the supervisor's ``start``.

    Raises:
        TypeError: a Secret is among argv or env.
        ValueError: something in the declaration cannot be what it is meant to be.
    """
    argv = checked_argv(service.argv)
    if "=" in argv[0]:
        raise ValueError(f"{service.name}: the name of a program cannot have a '=': {argv[0]}")
    ready, token = probes(service), token_hex(16)
    env = {**checked_env(service.env), "SERAI_SERVICE": token}
    return [
        checked_name(service.name),
        "1" if again else "0",
        _hundredths(service.ready_timeout),
        ready.ports,
        token,
        fingerprint(service, cwd),
        checked_signal(service.stop_signal),
        _hundredths(service.stop_timeout),
        cwd,
        str(len(ready.texts)),
        *ready.texts,
        *(f"{name}={value}" for name, value in env.items()),
        *argv,
    ]


def fingerprint(service: Service, cwd: str) -> str:
    """Equal for declarations that start the same process."""
    declared = json.dumps([list(service.argv), sorted(service.env.items()), cwd])
    return hashlib.sha256(declared.encode()).hexdigest()


def parse_status(line: str) -> ServiceStatus:
    """Read one line of the supervisor's ``status``."""
    name, state, pid, code = line.split()
    return ServiceStatus(name, ServiceState(state), int(pid), None if code == "-" else int(code))


def checked_name(name: str) -> str:
    """The name of a service, if it can be one.

    Raises:
        ValueError: it has other characters than letters, digits, ``.``, ``_`` and ``-``.
    """
    if not _NAME.fullmatch(name) or name in (".", ".."):
        raise ValueError(f"not a name for a service (letters, digits, '.', '_' and '-'): {name!r}")
    return name


def checked_signal(signal: str) -> str:
    """The name of a signal without SIG, if it is one.

    Raises:
        ValueError: it is not.
    """
    if signal not in _SIGNALS:
        raise ValueError(f"not the name of a signal, such as TERM: {signal!r}")
    return signal


def _hundredths(seconds: float) -> str:
    return str(round(seconds * 100))
