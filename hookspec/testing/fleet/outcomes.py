"""What a recorded exchange comes to on a host in memory."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from serai.hookspec.errors import ServiceFailed
from serai.hookspec.services import ServiceStatus
from serai.hookspec.testing.fleet.hosts import FleetHost
from serai.hookspec.testing.fleet.unrecorded import NotRecorded
from serai.hookspec.transcripts import Exchange
from serai.hookspec.transcripts.failures import read_failure
from serai.hookspec.transcripts.kinds import KINDS
from serai.hookspec.transcripts.observed import RemoteCall


def outcome(exchange: Exchange, call: RemoteCall, host: FleetHost, show: Callable[[str], str], own: Any) -> Any:
    """What a call returns; the host is made to agree with it.

    Args:
        exchange: what was recorded of the call.
        call: the call.
        host: the host.
        show: puts the host's values in the places of placeholders.
        own: what the host itself answered; None for nothing.

    Raises:
        NotRecorded: what came back was withheld from the transcript, and the host has nothing of its own.
        SeraiError: what the call came to.
    """
    if exchange.failure is not None:
        failure = read_failure(shown(exchange.failure, show), host.name)
        if isinstance(failure, ServiceFailed):
            host.processes.end(call.words[0], 1)
        raise failure
    result = KINDS[call.call].read(shown(exchange.answer, show))
    if call.call == "artifact":
        return own
    if call.call == "facts":
        return evolve(result, user=host.facts.user, home=host.facts.home, addresses=host.facts.addresses)
    if call.call == "status":
        return {name: _agreed(host, status) for name, status in result.items()}
    if call.call in ("get", "download", "http") and result is None:
        return _of_host(exchange, host, own)
    return result


def shown(data: Any, show: Callable[[str], str]) -> Any:
    """Data of a transcript with values in the places of placeholders."""
    if isinstance(data, str):
        return show(data)
    if isinstance(data, list):
        return [shown(item, show) for item in data]
    if isinstance(data, Mapping):
        return {show(key): shown(value, show) for key, value in data.items()}
    return data


def _agreed(host: FleetHost, status: ServiceStatus) -> ServiceStatus:
    """A status that was recorded; a service that had ended by itself ends in memory, too."""
    if not status.is_running:
        host.processes.end(status.name, status.exit_code or 0)
    return evolve(status, pid=host.processes.status(status.name).pid)


def _of_host(exchange: Exchange, host: FleetHost, own: Any) -> Any:
    """What a host in memory has itself of what was withheld."""
    if own is None:
        raise NotRecorded(
            f"{exchange}: what came back is not in the transcript ({exchange.answer['withheld']})",
            place=host.name,
            hint="put it on the host in memory: fleet.host(name).files",
        )
    return own
