"""What the store tells of a cluster: document, operations with their journals, events, jobs. No machine is asked."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from serai.engine.operations.explaining import findings
from serai.engine.serialization import make_converter
from serai.hookspec.cluster import Cluster

if TYPE_CHECKING:
    from serai.engine.store.records import OperationRecord
    from serai.engine.store.store import Store

_EVENTS: Final = 50_000
"""The newest; a large cluster's whole life has more."""


@frozen
class Subject:
    """Whom a diagnosis is about.

    Attributes:
        name: the cluster's name.
        cluster: the cluster; None when it is gone.
        operations: all on it, the newest last.
        store: where all of it is.
    """

    name: str
    cluster: Cluster | None
    operations: "list[OperationRecord]"
    store: "Store"


@frozen
class Section:
    """A text to be made.

    Attributes:
        name: what it is called in the archive.
        about: what it is.
        make: makes it: text, or JSON-compatible data.
    """

    name: str
    about: str
    make: Callable[[], Any]


def sections(subject: Subject) -> Iterator[Section]:
    """What the store tells."""
    if (cluster := subject.cluster) is not None:
        yield Section("cluster.json", "the cluster's document, its secrets masked", lambda: _plain(cluster))
    yield Section("operations.json", "operations, their journals, and what went wrong", lambda: _operations(subject))
    yield Section("events.jsonl", "events, one a line, the newest last", lambda: _events(subject))
    yield Section("jobs.json", "jobs", lambda: _plain(subject.store.jobs(subject.name)))


def _operations(subject: Subject) -> list[Mapping[str, Any]]:
    return [
        {
            **_plain(record),
            "findings": _plain(list(findings(record.error))) if record.error else [],
            "journal": _plain(subject.store.journal_of(record.id)),
        }
        for record in reversed(subject.operations)
    ]


def _events(subject: Subject) -> str:
    newest = subject.store.events(cluster=subject.name)[-_EVENTS:]
    return "".join(f"{json.dumps(_plain(event), ensure_ascii=False)}\n" for event in newest)


def _plain(value: object) -> Any:
    return make_converter().unstructure(value)
