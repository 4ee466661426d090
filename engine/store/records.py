"""What the store remembers of operations: the operation itself, and the journal of its phases."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import define, field, frozen

from serai.hookspec.errors import ClusterBusy


class OperationStatus(StrEnum):
    """Where an operation stands."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the operation has ended. An operation that has not holds its cluster."""
        return self not in UNFINISHED


UNFINISHED = frozenset({OperationStatus.PENDING, OperationStatus.RUNNING})


@define
class OperationRecord:
    """An operation, as it is stored.

    Attributes:
        id: unique identifier.
        cluster_id: the cluster it works on.
        cluster_name: that cluster's name; it outlives the cluster.
        kind: what it does: ``create``, ``scale``, ``terminate``…
        status: where it stands.
        phase: the phase it is in or ended in; ``""`` before the first.
        request: what was asked for, JSON-compatible (secrets as Secret: they are sealed).
        state: what its phases keep for one another and for a resume, JSON-compatible (secrets as Secret).
        error: why it failed, as of ``SeraiError.to_dict``; None otherwise.
        owner: the engine that acts for it, or did.
        attempt: how many engines took it up so far, one after the other: the first is 1.
        created_at, started_at, finished_at: when, in UTC.
    """

    id: str
    cluster_id: str
    cluster_name: str
    kind: str
    status: OperationStatus = field(default=OperationStatus.PENDING, converter=OperationStatus)
    phase: str = ""
    request: dict[str, Any] = field(factory=dict, repr=False)
    state: dict[str, Any] = field(factory=dict, repr=False)
    error: dict[str, Any] | None = None
    owner: str = ""
    attempt: int = 1
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@frozen
class JournalEntry:
    """One line of an operation's journal.

    Attributes:
        operation_id: whose.
        phase: name of the phase.
        attempt: 1 for the first try of the phase, rising with each further one.
        outcome: what became of it: ``started``, ``succeeded``, ``failed``…
        at: when, in UTC.
        detail: further facts, JSON-compatible.
        owner: the engine that wrote it.
        token: the operation's ``attempt`` that it was written in.
        sequence: rises within the operation from 1; 0 before it is stored.
    """

    operation_id: str
    phase: str
    attempt: int
    outcome: str
    at: datetime
    detail: dict[str, Any] = field(factory=dict, hash=False)
    owner: str = ""
    token: int = 1
    sequence: int = 0


@frozen
class Lease:
    """The right to act for an operation, for as long as nobody else took it.

    Attributes:
        operation_id: which operation.
        token: the operation's ``attempt`` that it was given for: the fencing token.
        holder: the engine that has it.
    """

    operation_id: str
    token: int
    holder: str


def busy(other: OperationRecord) -> ClusterBusy:
    """The error for who wants a cluster that an operation is at work on."""
    since = other.started_at or other.created_at
    when = f" since {since:%Y-%m-%d %H:%M:%S} UTC" if since is not None else ""
    by = f" by {process_of(other.owner)}" if other.owner else ""
    return ClusterBusy(
        f"operation {other.id} ({other.kind}) is at work on cluster {other.cluster_name}{when}{by}",
        place=other.cluster_name,
        hint=f"wait until it has ended, or stop it: serai cancel {other.cluster_name};"
        f" to end the cluster now: serai down {other.cluster_name} --force",
        details={
            "operation": other.id,
            "kind": other.kind,
            "status": other.status.value,
            "phase": other.phase,
            "owner": other.owner,
            "since": "" if since is None else since.isoformat(),
        },
    )


def process_of(owner: str) -> str:
    """The process of an engine, for people."""
    host, _, rest = owner.partition(":")
    return f"process {rest.partition(':')[0]} on {host}" if rest else owner
