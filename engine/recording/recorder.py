"""Records what hooks ask of the machines of a cluster, and what these answer."""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from attrs import evolve

from serai.engine.log_context import get_logger, here
from serai.engine.recording.file import TranscriptFile
from serai.engine.recording.secrecy import Secrecy
from serai.engine.redaction import holdings, secrets_in
from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.errors import SeraiError
from serai.hookspec.remote import Remote
from serai.hookspec.secrets import Secret
from serai.hookspec.transcripts.exchange import Exchange
from serai.hookspec.transcripts.failures import is_answer, write_failure
from serai.hookspec.transcripts.kinds import KINDS
from serai.hookspec.transcripts.observed import ObservedRemote, RemoteCall
from serai.hookspec.transcripts.places import Places
from serai.hookspec.transcripts.veils import Handed, Veil

T = TypeVar("T")

Outcome = Callable[[Veil], Mapping[str, Any]]
"""Gives what came of a call: ``answer`` or ``failure``."""

log: Final = get_logger("serai.recording")


class Recorder:
    """Writes a transcript of the calls that hooks make to the machines of one cluster. Safe to use from many threads.

    Args:
        path: of the file; see :class:`TranscriptFile`.
    """

    def __init__(self, path: Path) -> None:
        self._file = TranscriptFile(path)
        self._secrecy = Secrecy()
        self._places = Places()
        self._places.learn_home("engine", str(Path.home()))
        self._cluster = ""
        self._strangers: set[str] = set()
        self._lock = threading.RLock()
        earlier = self._file.earlier.exchanges
        self._with_facts = {each.host for each in earlier if each.call == "facts"}
        self._secret_files = {file for each in earlier for file in _secret_files(each)}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def lend(self, instance: Instance, remote: Remote) -> Remote:
        """What hooks are lent in the place of a machine: the same, with every call recorded."""
        cluster = instance.node_group.cluster
        with self._lock:
            self._cluster = self._cluster or cluster.name
            if cluster.name != self._cluster:
                self._tell_of_stranger(cluster.name)
                return remote
            role = self._places.learn(instance, remote.layout)
        return ObservedRemote(remote, partial(self._observe, cluster, role))

    def _observe(self, cluster: Cluster, role: str, call: RemoteCall, act: Callable[[], T]) -> T:
        if not here().hook:
            return act()  # no plugin asks
        try:
            result = act()
        except SeraiError as error:
            if is_answer(error):
                self._attempt(cluster, role, call, partial(_failed, error))
            raise
        self._attempt(cluster, role, call, partial(self._answered, role, call, result))
        return result

    def _attempt(self, cluster: Cluster, role: str, call: RemoteCall, outcome: Outcome) -> None:
        """Record a call. Whatever is wrong with that, the call has been made: who made it goes on."""
        try:
            with self._lock:
                self._record(cluster, role, call, outcome)
        except Exception as error:  # noqa: BLE001 - such as that a hook changed the cluster while secrets were looked for
            self._file.lack(error)

    def _answered(self, role: str, call: RemoteCall, result: Any, veil: Veil) -> Mapping[str, Any]:
        if call.call == "artifact":
            self._places.learn_artifact("-".join(call.words), result)
        elif call.call == "facts":
            self._places.learn_facts(role, result)
        return {"answer": veil.data(KINDS[call.call].write(result))}

    def _record(self, cluster: Cluster, role: str, call: RemoteCall, outcome: Outcome) -> None:
        place = here()
        if self._secrecy.learn(secrets_in(holdings(cluster), _handed_secrets(call)).values):
            self._file.rewrite(partial(_masked, mask=self._secrecy.masking()))
        veil = Veil(role, self._secrecy.masking(place.mask), self._places)
        words, sent, step = veil.data(call.words), veil.data(call.sent), veil.text(place.step)
        exchange = Exchange(role, call.call, words, sent, hook=place.hook, step=step, **outcome(veil))
        if self._is_told(exchange, place.polled):
            return
        self._secret_files |= _secret_files(exchange)
        if exchange.call in ("get", "download") and (role, *exchange.words) in self._secret_files:
            exchange = evolve(exchange, answer={"withheld": "secret"})
        self._file.append(exchange)

    def _is_told(self, exchange: Exchange, polled: dict[Any, Any] | None) -> bool:
        """Whether nothing new is in an exchange: facts that were read before, or a probe that found the same again."""
        if exchange.call == "facts":
            first = exchange.host not in self._with_facts
            self._with_facts.add(exchange.host)
            return not first
        if polled is None:
            return False
        key = exchange.host, exchange.call, exchange.words
        last, polled[key] = polled.get(key), exchange
        return bool(last == exchange)

    def _tell_of_stranger(self, name: str) -> None:
        if name not in self._strangers:
            self._strangers.add(name)
            log.warning("the transcript is of cluster %s; nothing of %s stands in it", self._cluster, name)


def _failed(error: SeraiError, veil: Veil) -> Mapping[str, Any]:
    return {"failure": write_failure(error, veil)}


def _handed_secrets(call: RemoteCall) -> list[Secret]:
    """The secrets that are handed over with a call."""
    handed = [*call.sent.get("files", ()), call.sent.get("stdin")]
    return [each.content for each in handed if isinstance(each, Handed) and isinstance(each.content, Secret)]


def _secret_files(exchange: Exchange) -> set[tuple[str, ...]]:
    """The machine and path of each file that an exchange wrote and that nobody is to see."""
    files = zip(exchange.words, exchange.sent.get("files", ()), strict=False)
    return {(exchange.host, path) for path, file in files if "secret" in file}


def _masked(exchange: Exchange, mask: Callable[[str], str]) -> Exchange:
    """An exchange without what was learned to be a secret only after it."""
    veil = Veil(exchange.host, mask)
    seen = {name: veil.data(getattr(exchange, name)) for name in ("words", "sent", "answer", "failure", "step")}
    return evolve(exchange, **seen)
