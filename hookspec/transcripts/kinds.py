"""The calls that transcripts have: what is written of each, and what it is read as."""

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import attrs
from attrs import evolve, frozen

from serai.hookspec.facts import Disk, Facts, JavaRuntime
from serai.hookspec.remote import CompletedCommand
from serai.hookspec.services import Service, ServiceState, ServiceStatus
from serai.hookspec.transcripts.shapes import Fields, OneOf, Shape
from serai.hookspec.transcripts.veils import content_of


@frozen
class Kind:
    """One kind of call.

    Attributes:
        sent: what an exchange of this kind has as ``sent``.
        answer: what it has as ``answer``.
        write: makes that of what the call returned.
        read: makes what the call returned of that.
    """

    sent: Shape
    answer: Shape
    write: Callable[[Any], Any] = lambda result: result
    read: Callable[[Any], Any] = lambda answer: answer


def service_sent(service: Service) -> Mapping[str, Any]:
    """What is written of a service's declaration; of its environment the names."""
    ready = [attrs.asdict(each, filter=lambda _, value: value != "") for each in service.ready]
    told = {"env": sorted(service.env), "cwd": service.cwd, "ready": ready}
    return {"argv": list(service.argv), **{name: value for name, value in told.items() if value}}


_OF_THE_MACHINE: Final = tuple(getattr(attrs.fields(Facts), name) for name in ("user", "home", "addresses"))
"""Facts that another machine has others of, whatever else is alike."""


def _write_facts(facts: Facts) -> Mapping[str, Any]:
    """All but what is of the machine alone; that two share one can still be seen."""
    alike = sha256(f"serai transcript {facts.machine_id}".encode()).hexdigest()[:12] if facts.machine_id else ""
    return attrs.asdict(
        evolve(facts, machine_id=alike),
        filter=lambda each, value: each not in _OF_THE_MACHINE and value != each.default,
    )


def _read_facts(answer: Mapping[str, Any]) -> Facts:
    disks = tuple(Disk(**disk) for disk in answer.get("disks", ()))
    java = None if answer.get("java") is None else JavaRuntime(**answer["java"])
    return Facts(**{**answer, "disks": disks, "java": java})


def _write_statuses(statuses: Mapping[str, ServiceStatus]) -> Sequence[Mapping[str, Any]]:
    """Without process ids, which are never twice the same."""
    return [
        {"name": name, "state": status.state, **({} if status.exit_code is None else {"exit_code": status.exit_code})}
        for name, status in statuses.items()
    ]


def _read_statuses(answer: Sequence[Mapping[str, Any]]) -> Mapping[str, ServiceStatus]:
    return {
        each["name"]: ServiceStatus(each["name"], ServiceState(each["state"]), exit_code=each.get("exit_code"))
        for each in answer
    }


def _write_ended(ended: CompletedCommand) -> Mapping[str, Any]:
    return {"status": ended.status, "stdout": ended.stdout, "stderr": ended.stderr}


def _fields(declared: type, **shapes: Shape) -> Mapping[str, Shape]:
    return {each.name: shapes.get(each.name, each.type) for each in attrs.fields(declared)}


_BASE64: Final = re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_NOTHING: Final = Fields({})
_CONTENT: Final = OneOf((Fields({"text": str}), Fields({"base64": _BASE64}), Fields({"withheld": str})))
_DIGEST: Final = {"sha256": re.compile("[0-9a-f]{64}"), "size": int, "secret": bool}
_FILE: Final = Fields({"mode": re.compile("[0-7]{1,4}")}, {**_DIGEST, "owner": str})
_COMMAND: Final = Fields({}, {"stdin": Fields({}, _DIGEST), "env": [str], "cwd": str, "root": bool})
_READY: Final = OneOf((Fields({"port": int}, {"address": str}), Fields({"text": str})))
_DECLARED: Final = Fields({"argv": [str]}, {"env": [str], "cwd": str, "ready": [_READY]})
_ENDED: Final = Fields({"status": int, "stdout": str, "stderr": str})
_STATUS: Final = Fields({"name": str, "state": frozenset(ServiceState)}, {"exit_code": int})
_FACTS: Final = {
    name: shape
    for name, shape in _fields(
        Facts,
        disks=[Fields(_fields(Disk))],
        java=OneOf((None, Fields(_fields(JavaRuntime)))),
    ).items()
    if name not in {each.name for each in _OF_THE_MACHINE}
}

KINDS: Final[Mapping[str, Kind]] = {
    "run": Kind(_COMMAND, _ENDED, _write_ended, lambda answer: CompletedCommand((), **answer)),
    "http": Kind(Fields({}, {"data": Fields({}, _DIGEST)}), _CONTENT, read=content_of),
    "put": Kind(Fields({"files": [_FILE]}), [str], sorted, frozenset),
    "get": Kind(_NOTHING, _CONTENT, read=content_of),
    "upload": Kind(_NOTHING, bool),
    "download": Kind(_NOTHING, _CONTENT, lambda content: content or {"withheld": "size"}, content_of),
    "remove": Kind(_NOTHING, None),
    "facts": Kind(_NOTHING, Fields({}, _FACTS), _write_facts, _read_facts),
    "artifact": Kind(_NOTHING, None, lambda path: None),
    "start": Kind(_DECLARED, bool),
    "stop": Kind(_NOTHING, bool),
    "restart": Kind(_DECLARED, None),
    "runs": Kind(_DECLARED, bool),
    "signal": Kind(_NOTHING, None),
    "status": Kind(_NOTHING, [_STATUS], _write_statuses, _read_statuses),
    "log": Kind(_NOTHING, str),
    "remove services": Kind(_NOTHING, None),
}
"""By name, as in calls of the fleet of the test kit."""
