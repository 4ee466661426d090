"""Whether a leader lists the workers it should, and what is said when it does not."""

from collections.abc import Mapping, Sequence, Set
from typing import TypeVar

from attrs import frozen

from serai.hookspec.errors import DeadlineExceeded
from serai.hookspec.log_tails import READ_LINES, telling
from serai.hookspec.objects import Instance

Address = TypeVar("Address")
"""By which a leader lists a worker; compared as a whole, as nothing else tells two workers apart."""


@frozen
class Membership:
    """What is said of a framework's workers that did not join.

    Attributes:
        leader: the leading process.
        listed_as: what the leader must list workers as, with a space before it; ``""`` where it only lists them.
        code: what the codes of errors begin with.
        service: the service that a worker is.
    """

    leader: str
    listed_as: str
    code: str
    service: str


def have_joined(expected: Set[Address], listed: Set[Address], *, alone: bool) -> bool:
    """Whether a leader lists the workers it should.

    Args:
        expected: addresses of the workers waited for.
        listed: those the leader lists.
        alone: whether it must list no other.
    """
    return listed == expected if alone else listed >= expected


def not_joined(
    membership: Membership, expected: Mapping[Address, Instance], listed: Set[Address], limit: float
) -> DeadlineExceeded:
    """The error that names the instances whose worker is missing, with the log of the first; else the foreign workers.

    Args:
        membership: the framework's.
        expected: instances by the address of their worker.
        listed: the addresses the leader listed when time was over.
        limit: how long was waited, in seconds.
    """
    if missing := [instance for address, instance in expected.items() if address not in listed]:
        return _missing(membership, missing, limit)
    strangers = ", ".join(sorted(map(str, listed - expected.keys())))
    return DeadlineExceeded(
        f"after {limit:g} s the {membership.leader} still lists workers of no instance of this cluster: {strangers}",
        code=f"{membership.code}_FOREIGN_WORKERS",
        hint="end those workers; they were started by someone else",
    )


def _missing(membership: Membership, missing: Sequence[Instance], limit: float) -> DeadlineExceeded:
    first, leader = missing[0], membership.leader
    names = ", ".join(instance.instance_name for instance in missing)
    log = first.remote.services.log(membership.service, lines=READ_LINES)
    return DeadlineExceeded(
        f"after {limit:g} s the {leader} does not list the workers of {names}{membership.listed_as}",
        code=f"{membership.code}_WORKERS_MISSING",
        host=first.instance_name,
        hint=f"see the worker's log; the {leader}'s address must be reachable from the worker",
        details={"service": membership.service, "log": telling(log)},
    )
