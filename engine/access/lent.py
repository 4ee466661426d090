"""What a provider is lent: the one implementation of ``Access``."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from attrs import evolve, field, frozen

from serai.engine.access.claims import StoredClaims
from serai.engine.documents.faults import Fault
from serai.engine.log_context import get_logger
from serai.engine.operations.fanout import Outcome, fan_out
from serai.engine.plugins.stack import Stack
from serai.hookspec.access import Findings, Inquiry
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.errors import OperationCancelled, SeraiError
from serai.hookspec.remote import Endpoint, Remote, SshEndpoint

if TYPE_CHECKING:
    from serai.engine.operations.lent import LentRun
    from serai.engine.remote.pool import Pool

T = TypeVar("T")

log: Final = get_logger("serai.access")


@frozen(eq=False)
class LentAccess:
    """Connections, claims and documents, as a provider sees them. Safe to use from many threads.

    Attributes:
        claims: the provider's claims.
        pool: gives the connections.
        stack_of: tells the plugins of a cluster.
        run: the operation that is told what happens; None outside of operations.
        cancelled: set when all is to stop.
    """

    claims: StoredClaims
    pool: "Callable[[], Pool]" = field(repr=False)
    stack_of: Callable[[Cluster], Stack] = field(repr=False)
    run: "LentRun | None" = field(repr=False)
    cancelled: threading.Event = field(repr=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)
    _made: dict[str, Future[Any]] = field(factory=dict, init=False, repr=False)
    _believed: set[Endpoint] = field(factory=set, init=False, repr=False)

    def look(
        self, endpoints: Sequence[Endpoint], inquiry: Inquiry, *, timeout: float = 30.0
    ) -> dict[str, Findings | SeraiError]:
        if not endpoints:
            return {}
        from serai.engine.remote.inspection import inspect

        pool = self.pool()

        def look(endpoint: Endpoint) -> Findings:
            findings = inspect(pool.get(endpoint), inquiry, timeout=timeout)
            return evolve(findings, host_keys=pool.host_keys(endpoint))

        return self._spread(endpoints, look, timeout)

    def each(
        self, endpoints: Sequence[Endpoint], function: Callable[[Remote], T], *, step: str, timeout: float = 300.0
    ) -> dict[str, T | SeraiError]:
        if not endpoints:
            return {}
        pool = self.pool()
        hosts = [endpoint.host for endpoint in endpoints]
        with nullcontext() if self.run is None else self.run.step(step, hosts):
            # as root if it likes: what a provider does there, no plugin has to declare
            return self._spread(endpoints, lambda endpoint: function(pool.get(endpoint, root=True)), timeout, step)

    def document(self, path: str) -> Any:
        from serai.engine.documents.files import read_file

        text = read_file(path)
        if text.faults:
            raise _ill_formed(path, text.faults)
        return text.data

    def open_ports(self, node_group: NodeGroup) -> Sequence[int]:
        return self.stack_of(node_group.cluster).get_open_ports(node_group)

    def root_commands(self, node_group: NodeGroup) -> Sequence[str]:
        return self.stack_of(node_group.cluster).get_root_commands(node_group)

    def once(self, key: str, make: Callable[[], T]) -> T:
        with self._lock:
            is_first = key not in self._made
            made = self._made.setdefault(key, Future())
        if is_first:
            try:
                made.set_result(make())
            except BaseException as error:  # noqa: BLE001 - raised below, to everybody who waits for it
                with self._lock:
                    del self._made[key]  # an error is no answer: whoever asks later tries again
                made.set_exception(error)
        answer: T = made.result()
        return answer

    def _spread(
        self, endpoints: Sequence[Endpoint], function: Callable[[Endpoint], T], timeout: float, step: str = ""
    ) -> dict[str, T | SeraiError]:
        """Work on machines in parallel, all of them; what went wrong on one is its answer."""
        outcomes: dict[str, Outcome[Endpoint, T]] = {}
        for batch in fan_out(
            endpoints, function, name=lambda each: each.host, limit=lambda _: timeout, cancelled=self.cancelled
        ):
            ended = {outcome.item.host: outcome for outcome in batch}
            outcomes.update(ended)
            if step and self.run is not None:
                self.run.tell(step, ended)
            for outcome in batch:
                self._record_first_contact(outcome.item)
        answers: dict[str, T | SeraiError] = {}
        for endpoint in endpoints:
            answer = _answer(outcomes[endpoint.host])
            answers[endpoint.host] = answer
        return answers

    def _record_first_contact(self, endpoint: Endpoint) -> None:
        """Put on record which keys a machine was believed with, once."""
        if not isinstance(endpoint, SshEndpoint) or not endpoint.first_contact or endpoint.host_keys:
            return
        keys = self.pool().host_keys(endpoint)
        with self._lock:
            is_news = bool(keys) and endpoint not in self._believed
            self._believed.update([endpoint] if keys else [])
        if not is_news:
            return
        told = f"{endpoint.host} was believed at first contact, with the key {', '.join(keys)}"
        if self.run is None:
            log.warning(told)
        else:
            self.run.warn(told, host=endpoint.host, data={"host_keys": list(keys)})


def _ill_formed(path: str, faults: Sequence[Fault]) -> SeraiError:
    told = [fault.to_error() for fault in faults]
    first = told[0]
    return SeraiError(
        f"{first.path}: {first.error_message}" if first.path else first.error_message,
        code=first.code,
        place=path,
        hint=first.hint,
        details={"faults": [str(each) for each in told]} if len(told) > 1 else {},
    )


def _answer(outcome: Outcome[Endpoint, T]) -> T | SeraiError:
    """What became of the work on one machine.

    Raises:
        BaseException: it was cancelled, or the provider's own function has a defect.
    """
    error = outcome.error
    if error is None:
        return cast("T", outcome.result)
    if isinstance(error, SeraiError) and not isinstance(error, OperationCancelled):
        return error
    raise error
