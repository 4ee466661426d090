"""Going on without the machines that keep a phase from its end, where their node groups have enough others."""

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Final

from serai.engine.operations.work import Work
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.errors import (
    HostKeyRefused,
    HostsFailed,
    InvalidCluster,
    OperationCancelled,
    RemoteError,
    SeraiError,
    ValidationFailed,
    briefly,
)

Doing = Callable[[Work], None]
"""What a phase does."""

RECONSIDER: Final = "reconsider"
"""In an operation's state: that it is a retry, which has not begun yet with what was done without."""

_DECISIVE: Final = (HostKeyRefused, OperationCancelled, InvalidCluster, ValidationFailed)
"""Errors that doing without a machine is no answer to."""


def with_quorum(do: Doing) -> Doing:
    """A phase's work that is done again without the machines it failed on, as long as enough are left.

    Hooks converge: what was done on the others is not done twice. Each round has a machine less, so there is an end.
    A retry begins with those too that were done without: whoever asks for it may have mended them.
    """

    @wraps(do)
    def go_on(work: Work) -> None:
        _reconsider(work)
        while True:
            try:
                return do(work)
            except SeraiError as error:
                failures = failed_machines(work.cluster, error)
                short = groups_short(work.cluster, failures)
                if not failures or short:
                    error.details.update(_told(short, failures))
                    raise
                _quarantine(work, failures)

    return go_on


def failed_machines(cluster: Cluster, error: SeraiError) -> Mapping[str, BaseException]:
    """The instances that an error is about, each with what went wrong there.

    None when the error is not about instances alone, or is of a kind that doing without them is no answer to.
    """
    failures: Mapping[str, BaseException] = {}
    if isinstance(error, HostsFailed):
        failures = error.failures
    elif isinstance(error, RemoteError) and error.host:
        failures = {error.host: error}
    present = {instance.instance_name for instance in cluster.instances}
    stands = any(_is_decisive(each) for each in failures.values())
    return {} if stands or not failures.keys() <= present else failures


def _is_decisive(failure: BaseException) -> bool:
    if isinstance(failure, SeraiError) and failure.code.startswith("STORE_"):
        return True  # no machine's fault
    return isinstance(failure, _DECISIVE) or not isinstance(failure, Exception)


def groups_short(cluster: Cluster, lost: Collection[str]) -> list[NodeGroup]:
    """The node groups that would have too few usable instances without some of them."""
    return [
        group
        for group in cluster.node_groups
        if (left := _left(group, lost)) < len(group.instances) and (group.min_ready is None or left < group.min_ready)
    ]


def _left(group: NodeGroup, lost: Collection[str]) -> int:
    return sum(instance.instance_name not in lost for instance in group.instances)


def _told(short: list[NodeGroup], lost: Collection[str]) -> dict[str, list[str]]:
    """For an error's details: why a quorum was not enough, where one was given."""
    lines = [
        f"{group.name}: {group.min_ready} must be ready, {_left(group, lost)} of {group.count} would be"
        for group in short
        if group.min_ready is not None
    ]
    return {"min_ready": lines} if lines else {}


def _reconsider(work: Work) -> None:
    if not work.record.state.pop(RECONSIDER, False):
        return
    for instance in work.cluster.quarantined:
        group = instance.node_group
        if len(group.instances) < group.count:
            group.remove_instance(instance)
            group.add_instance(instance).fault = ""
    work.connect()


def _quarantine(work: Work, failures: Mapping[str, BaseException]) -> None:
    for instance in work.cluster.instances:
        failure = failures.get(instance.instance_name)
        if failure is not None:
            fault = briefly(failure).partition("\n")[0]
            instance.node_group.quarantine(instance, fault)
            instance.bind(None)  # a thread that was left behind on it finds nothing to go on with
            work.run.warn(f"{instance.instance_name} is quarantined: {fault}", host=instance.instance_name)
