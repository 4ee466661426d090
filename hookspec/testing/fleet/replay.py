"""A transcript played again: hosts in memory answer what real ones answered."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar, cast

from attrs import evolve

from serai.hookspec.cluster import Instance
from serai.hookspec.errors import CommandFailed, SeraiError, ServiceFailed
from serai.hookspec.facts import Facts
from serai.hookspec.remote import CompletedCommand, Remote
from serai.hookspec.testing.fleet.commands import Asked, is_http, said
from serai.hookspec.testing.fleet.hosts import FleetHost
from serai.hookspec.testing.fleet.outcomes import outcome, shown
from serai.hookspec.testing.fleet.unrecorded import unrecorded
from serai.hookspec.transcripts import Exchange, Transcript
from serai.hookspec.transcripts.comparing import differences
from serai.hookspec.transcripts.kinds import KINDS
from serai.hookspec.transcripts.observed import ObservedRemote, RemoteCall, command_sent
from serai.hookspec.transcripts.places import Places
from serai.hookspec.transcripts.veils import Handed, Veil

T = TypeVar("T")

_LACKING: Final[Mapping[str, type[SeraiError]]] = {
    "get": CommandFailed,
    "download": CommandFailed,
    "signal": ServiceFailed,
}
"""Calls for which a host in memory may lack what a real one had, with the error that it has then."""


class TranscriptDiffers(SeraiError):
    """Other calls were made than the transcript has."""

    code = "TRANSCRIPT_DIFFERS"


class Replay:
    """Answers calls to hosts in memory as a transcript has it. Safe to be used by many threads.

    Machines are known by their node groups and numbers. The answers to one call come in their order, and the last one
    again and again. What a call does to a host in memory, such as to write files and start services, it does.

    Args:
        transcript: what was recorded.
        facts: changes what was recorded of what machines are like.

    Attributes:
        transcript: as given.
        unknown: calls that were made and never recorded, a line each.
        changed: a line for each thing that was sent otherwise than recorded.
    """

    def __init__(self, transcript: Transcript, facts: Callable[[Facts], Facts] = lambda facts: facts) -> None:
        self.transcript: Final = transcript
        self.unknown: Final[list[str]] = []
        self.changed: Final[list[str]] = []
        self._change_facts = facts
        self._places = Places()
        self._lent: dict[str, tuple[str, str]] = {}
        self._lock = threading.RLock()
        self._of_host: dict[str, list[int]] = defaultdict(list)
        for number, exchange in enumerate(transcript.exchanges):
            self._of_host[exchange.host].append(number)
        self._times: Counter[tuple[str, ...]] = Counter()
        self._used: set[int] = set()

    @property
    def unused(self) -> tuple[Exchange, ...]:
        """What was recorded and nobody asked for."""
        return tuple(each for number, each in enumerate(self.transcript.exchanges) if number not in self._used)

    def check(self) -> None:
        """See whether the calls that were made are those that the transcript has.

        Raises:
            TranscriptDiffers: they are not; with each that is new, that is missing, and that is another.
        """
        lines = [
            *(f"not recorded: {line}" for line in self.unknown),
            *(f"sent otherwise: {line}" for line in self.changed),
            *(f"no longer asked: {each}" for each in self.unused),
        ]
        if lines:
            told = "\n  ".join([f"{len(lines)} difference{'' if len(lines) == 1 else 's'} from the transcript", *lines])
            raise TranscriptDiffers(told, hint="where that is as it should be, record the transcript anew")

    def machine_facts(self, own: Facts) -> Facts | None:
        """What the first machine is like that was asked, for hooks that ask before there are any; None for unknown.

        Args:
            own: what hosts in memory are like, for what is another on each machine.
        """
        told = (each for each in self.transcript.exchanges if each.call == "facts" and each.failure is None)
        first = next(told, None)
        if first is None:
            return None
        places = Places()
        places.learn_facts("", own)
        known = KINDS["facts"].read(shown(first.answer, places.show))
        return self._change_facts(evolve(known, hostname="", user=own.user, home=own.home))

    def lend(self, instance: Instance, remote: Remote, host: FleetHost) -> Remote:
        """A connection to a host in memory that answers as recorded."""
        with self._lock:
            role = self._places.learn(instance, remote.layout)
            # that a machine calls itself otherwise than its instance is called can be in a transcript, too
            self._places.learn_facts(role, evolve(host.facts, hostname=f"{host.name}.machine"))
            self._lent[host.name] = role, remote.layout.prefix
        return ObservedRemote(remote, partial(self._observe, role, host))

    def command(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        """What a command or an HTTP request comes to on a host.

        Raises:
            NotRecorded: it was never made there.
            SeraiError: what it came to.
        """
        role, prefix = self._lent[host.name]
        if is_http(asked):
            call = RemoteCall("http", asked.argv, {"data": Handed(asked.stdin)} if asked.stdin else {})
            content: bytes = self._outcome(role, host, call)
            return said(content.decode(errors="surrogateescape"))
        cwd = "" if asked.cwd == prefix else asked.cwd
        call = RemoteCall("run", asked.argv, command_sent(asked.env, cwd, asked.stdin, root=asked.root))
        ended: CompletedCommand = self._outcome(role, host, call)
        return ended

    def _observe(self, role: str, host: FleetHost, call: RemoteCall, act: Callable[[], T]) -> T:
        if call.call in ("run", "http"):
            return act()  # by command(), so that all that is wrong with the host goes wrong
        self._found(role, host, call)
        own: T | None = None
        with suppress(*filter(None, [_LACKING.get(call.call)])):
            own = act()
        if call.call == "artifact":
            self._places.learn_artifact("-".join(call.words), str(own))
        return cast("T", self._outcome(role, host, call, own))

    def _outcome(self, role: str, host: FleetHost, call: RemoteCall, own: Any = None) -> Any:
        exchange = self._taken(role, host, call)
        result = outcome(exchange, call, host, lambda text: self._places.show(text, role), own)
        return self._change_facts(result) if isinstance(result, Facts) else result

    def _found(self, role: str, host: FleetHost, call: RemoteCall) -> list[int]:
        """The recorded exchanges that a call may be.

        Raises:
            NotRecorded: there are none.
        """
        exchanges = self.transcript.exchanges
        with self._lock:
            found = [number for number in self._of_host[role] if self._is(exchanges[number], role, call)]
            if not found:
                asked = Exchange(role, call.call, Veil(role, places=self._places).data(call.words))
                error = unrecorded(asked, self.transcript, host.name)
                self.unknown.append(str(asked))
                raise error
        return found

    def _is(self, exchange: Exchange, role: str, call: RemoteCall) -> bool:
        return (
            exchange.call == call.call
            and len(exchange.words) == len(call.words)
            and all(self._places.show(word, role) == now for word, now in zip(exchange.words, call.words, strict=True))
        )

    def _taken(self, role: str, host: FleetHost, call: RemoteCall) -> Exchange:
        """The next of the recorded exchanges that a call may be; the last one again and again."""
        with self._lock:
            found = self._found(role, host, call)
            key = (role, call.call, *call.words)
            number = found[min(self._times[key], len(found) - 1)]
            self._times[key] += 1
            exchange = self.transcript.exchanges[number]
            if number not in self._used:
                self._used.add(number)
                now = Veil(role, places=self._places).data(call.sent)
                self.changed.extend(f"{exchange}: {line}" for line in differences(exchange.sent, now))
        return exchange
