"""The transport to a machine over ssh: commands, streams and plumbum's machine over one shared connection."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from socket import socket
from threading import Lock
from typing import IO, Any

from attrs import evolve

from serai.engine.remote.mux import MasterGone
from serai.engine.remote.ssh_failures import explain
from serai.engine.remote.ssh_link import Link
from serai.engine.remote.ssh_master import Master, NoConnection
from serai.engine.remote.ssh_options import SESSION, control
from serai.engine.remote.ssh_run import KILLED, Lost, Order, run
from serai.engine.remote.ssh_scripts import LONGEST, start_line
from serai.engine.remote.ssh_stream import stream
from serai.engine.remote.streams import Rewind, input_descriptor
from serai.engine.remote.transport import Command, HttpAnswer, HttpRequest, Outcome
from serai.engine.remote.watch import Watch
from serai.engine.remote.web import ask
from serai.hookspec.errors import ConnectionLost, RemoteError


class SshTransport:
    """Runs commands on a machine reached by ssh.

    Args:
        link: the way to it.
        host: what errors call the machine.
        env: added to its environment for every command.
        notice: told, in words, when a connection was lost and opened again.
    """

    shares_files = False

    def __init__(
        self, link: Link, host: str, env: Mapping[str, str], notice: Callable[[str], None] | None = None
    ) -> None:
        self.host = host
        self._link = link
        self._env = dict(env)
        self._notice = notice
        self._lock = Lock()
        self._machine: Any = None

    @property
    def machine(self) -> Any:
        with self._lock:
            if self._machine is None:
                self._machine = self._plumbum()
            return self._machine

    def execute(
        self,
        command: Command,
        *,
        stdin: bytes | IO[bytes] | None,
        stdout: IO[bytes] | None,
        timeout: float,
        silence: float | None = None,
    ) -> Outcome:
        command = self._checked(evolve(command, env={**self._env, **command.env}))
        # Connecting has a limit of its own: what the command has is for the command.
        self._connect(Watch(self._link.limit, None, self._link))
        watch = Watch(timeout, silence, self._link)
        with input_descriptor(stdin) as source, self._link.slot(watch) as late:
            if late is not None:
                return Outcome(KILLED, b"", b"", watch.seconds, late)
            order = Order(command, source, stdout, timeout, self.host)
            rewind = Rewind(source, stdout)
            try:
                return self._run(order, watch)
            except Lost as lost:
                if (lost.begun and not command.repeatable) or not rewind():
                    raise self._lost(command, lost) from lost
            try:
                return self._run(order, watch)
            except Lost as lost:
                raise self._lost(command, lost) from lost

    def http(self, request: HttpRequest, *, timeout: float) -> HttpAnswer:
        return ask(request, host=self.host, timeout=timeout, dial=self._dial)

    def close(self) -> None:
        with self._lock:
            machine, self._machine = self._machine, None
        if machine is not None:
            machine.close()

    def _run(self, order: Order, watch: Watch) -> Outcome:
        return run(order, self._link, lambda: self._connect(watch), watch)

    def _connect(self, watch: Watch) -> Master:
        try:
            master, again = self._link.master(watch)
        except NoConnection as failure:
            raise explain(failure.attempt, self.host) from failure
        if again and self._notice is not None:
            self._notice(f"the connection to {self.host} was lost and opened again")
        return master

    @contextmanager
    def _dial(self, host: str, port: int, timeout: float) -> Iterator[socket]:
        watch = Watch(timeout, None, self._link)
        with ExitStack() as stack:
            try:
                near = stack.enter_context(stream(self._connect(watch), host, port, watch))
            except MasterGone:
                # Nothing was sent yet.
                near = stack.enter_context(stream(self._connect(watch), host, port, watch))
            yield near

    def _plumbum(self) -> Any:
        """plumbum's machine over the same connection; without its limit for connecting, which hangs when it passes."""
        # Here and not above: plumbum takes longer to import than all the engine.
        from plumbum.machines.ssh_machine import SshMachine

        master = self._connect(Watch(self._link.limit, None, self._link))
        options = [*self._link.options(self._link.limit), *control(str(master.socket))]
        return SshMachine(
            self._link.address,
            ssh_opts=[*options, *SESSION],
            scp_opts=options,
            connect_timeout=None,
            new_session=True,
        )

    def _checked(self, command: Command) -> Command:
        size = len(start_line(command, "0" * 24, 0))
        if size <= LONGEST:
            return command
        raise RemoteError(
            f"{command.argv[0]}: its arguments are too long: {size} bytes with the quotes, of {LONGEST}",
            host=self.host,
            code="COMMAND_TOO_LONG",
            hint="write what is long into a file with put, or hand it over by stdin",
        )

    def _lost(self, command: Command, lost: Lost) -> ConnectionLost:
        known = "it may be running still" if lost.begun else "it did not begin"
        return ConnectionLost(
            f"{command.argv[0]}: the connection was lost: {lost.reason}; {known}",
            host=self.host,
            hint="see that the machine runs and is in reach; then try again",
            details={"begun": lost.begun},
        )
