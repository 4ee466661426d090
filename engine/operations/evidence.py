"""Looking for what an error does not say itself: services that ended on machines, and their last words."""

import threading
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

from serai.engine.operations.explaining import findings
from serai.engine.operations.fanout import fan_out
from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.errors import OperationCancelled, SeraiError, ValidationFailed
from serai.hookspec.log_tails import READ_LINES, telling
from serai.hookspec.services import ServiceState, ServiceStatus

LOOK_SECONDS: Final = 10.0
_MACHINES: Final = 64
"""Looked at all at once."""
_TOLD: Final = 5

_STOPPED: Final = frozenset({0, 143})
"""Exit statuses of services that were told to end."""
_SILENT: Final = (OperationCancelled, ValidationFailed)
"""Errors that no service has to do with."""
_AWAY: Final = frozenset({"HOST_UNREACHABLE", "CONNECTION_LOST", "HOST_KEY_UNKNOWN", "HOST_KEY_CHANGED"})


def add_evidence(error: SeraiError, cluster: Cluster) -> None:
    """Add to an error the services that ended by themselves where it happened, each with the tail of its log.

    On the hosts that it names; on all when it names none, such as when something was waited for in vain. Errors that
    tell a service's log are left as they are. Best effort: machines that do not answer in time have nothing to say.
    """
    if isinstance(error, _SILENT) or error.code.startswith("STORE_") or "evidence" in error.details:
        return
    found: dict[str, Any] = {}
    looks = fan_out(
        suspects(error, cluster),
        _last_words,
        name=lambda instance: instance.instance_name,
        limit=lambda _: LOOK_SECONDS,
        cancelled=threading.Event(),
    )
    for batch in looks:
        found |= {each.item.instance_name: each.result for each in batch if each.result}
    if found:
        error.details["evidence"] = dict(islice(sorted(found.items()), _TOLD))


def suspects(error: SeraiError, cluster: Cluster) -> Sequence[Instance]:
    """The machines on which a service may say more than an error does."""
    told = findings(error.to_dict())
    named = {finding.host or finding.place for finding in told}
    explained = {finding.host or finding.place for finding in told if finding.log or finding.code in _AWAY}
    connected = [instance for instance in cluster.instances if instance.is_connected]
    at_fault = [instance for instance in connected if instance.instance_name in named]
    asked = [each for each in at_fault if each.instance_name not in explained] if at_fault else connected
    return asked[:_MACHINES]


def _last_words(instance: Instance) -> Mapping[str, Any]:
    """The first service that ended by itself, as an error; empty when none did."""
    services = instance.remote.services
    for status in services.status().values():
        if status.state is ServiceState.EXITED and status.exit_code not in _STOPPED:
            return _ended(status, services.log(status.name, lines=READ_LINES))
    return {}


def _ended(status: ServiceStatus, log: str) -> Mapping[str, Any]:
    how = "" if status.exit_code is None else f" with status {status.exit_code}"
    details = {"service": status.name, "exit_code": status.exit_code, "log": telling(log)}
    return {"code": "SERVICE_ENDED", "message": f"{status.name} ended{how}", "details": details}
