"""One command of a caller's over a link: run, judged by how it ended, and killed on the machine when it must."""

import time
from collections.abc import Callable
from typing import IO, Final

from attrs import frozen

from serai.engine.remote.commands import text
from serai.engine.remote.mux import Control, MasterGone
from serai.engine.remote.root import refusal
from serai.engine.remote.ssh_link import Link
from serai.engine.remote.ssh_master import Master
from serai.engine.remote.ssh_scripts import CANNOT_PREPARE, reaper_line, start_line
from serai.engine.remote.ssh_session import Session
from serai.engine.remote.streams import input_descriptor
from serai.engine.remote.transport import Command, Outcome
from serai.engine.remote.watch import Watch
from serai.hookspec.errors import RemoteError, SeraiError

KILLED: Final = 137
"""Exit status of what was killed."""

_KILL_LIMIT: Final = 3.0
_NEXT_TRY: Final = 0.05


class Lost(Exception):
    """A command's connection, or its session alone, ended before it did.

    Args:
        reason: what is known.
        begun: whether it may have begun.
    """

    def __init__(self, reason: str, *, begun: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.begun = begun


@frozen
class Order:
    """What a caller wants to be run.

    Attributes:
        command: the program.
        stdin: descriptor of its standard input.
        stdout: takes its standard output; None to have it in the outcome.
        timeout: seconds.
        host: what errors call the machine.
    """

    command: Command
    stdin: int
    stdout: IO[bytes] | None
    timeout: float
    host: str


def run(order: Order, link: Link, connect: Callable[[], Master], watch: Watch) -> Outcome:
    """Run a command once.

    Raises:
        Lost: how it ended, or whether it began, is not known.
        RootRefused: sudo does not let it.
        RemoteError: the machine does not let it begin, or what it wrote cannot be kept here.
        OperationCancelled: all is to stop; the command was killed.
    """
    while True:
        master = connect()
        token = master.next_token()
        session = _session(master, token, order.stdout, watch)
        watch.heard()
        try:
            limit = session.follow(start_line(order.command, token, order.timeout), order.stdin, watch)
        except MasterGone as gone:
            master.settle()
            raise Lost(_reason(master), begun=False) from gone
        except BaseException as error:
            kill(master, token, link, root=order.command.root)
            if isinstance(error, OSError):
                hint = "see whether there is space, and the right to write"
                raise RemoteError(f"the output cannot be kept here: {error}", host=order.host, hint=hint) from error
            raise
        if limit is not None:
            killed = kill(master, token, link, root=order.command.root)
            return Outcome(KILLED, session.output, session.errors, watch.seconds, limit, killed)
        if session.refused and link.shared and watch.exceeded() is None:
            time.sleep(min(_NEXT_TRY, watch.left()))
            continue
        return _judge(order, session, master, watch)


def kill(master: Master, token: str, link: Link, *, root: bool) -> bool:
    """Kill a command on the machine with all that came out of it; whether that is certain."""
    watch = Watch(_KILL_LIMIT, None, None)
    if not link.killing.acquire(timeout=_KILL_LIMIT):
        return False
    try:
        with input_descriptor(f"{token}\n".encode()) as source:
            session = _session(master, token, None, watch)
            session.follow(reaper_line(root=root), source, watch)
    except (MasterGone, Lost):
        return False
    finally:
        link.killing.release()
    return session.status == 0


def _session(master: Master, token: str, stdout: IO[bytes] | None, watch: Watch) -> Session:
    try:
        return Session(Control(str(master.socket), max(0.1, watch.left())), token, stdout)
    except MasterGone as gone:
        master.settle()
        raise Lost(_reason(master), begun=False) from gone


def _judge(order: Order, session: Session, master: Master, watch: Watch) -> Outcome:
    if session.ended:
        return Outcome(session.stdout.status or 0, session.output, session.errors, watch.seconds)
    if session.refused:
        raise RemoteError(
            f"the machine takes no session beside the one that holds the connection: {session.refused}",
            host=order.host,
            code="SESSIONS_REFUSED",
            hint="its sshd needs MaxSessions of at least 3; 10 is the default",
        )
    if session.status is not None and not session.stdout.begun:
        raise _not_begun(order, session.status, text(session.stderr.before).strip())
    if session.status is None:
        master.settle()
    raise Lost(_reason(master), begun=session.opened)


def _not_begun(order: Order, status: int, said: str) -> SeraiError:
    """The login shell could not do what stands before the command."""
    if order.command.root and status != CANNOT_PREPARE:
        return refusal(order.host, said)
    reason = said.rpartition("\n")[2] or f"status {status}, and nothing was said"
    hint = "see whether there is space, and the right to write; the login needs a shell like sh"
    return RemoteError(f"nothing can be run: {reason}", host=order.host, hint=hint)


def _reason(master: Master) -> str:
    if master.alive:
        return "its session was ended there before it could tell how it went"
    return master.said.strip().rpartition("\n")[2] or "ssh ended"
