"""Sizes of workers and executors, from what their machines are like."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from serai.builtin_plugins.leader_workers.counts import Counts, wanted_counts
from serai.builtin_plugins.leader_workers.machines import Machine, machines
from serai.builtin_plugins.spark import settings, sizing
from serai.builtin_plugins.spark.settings import EXECUTOR_MEMORY, MASTER, WORKER, WORKER_CORES, WORKER_MEMORY
from serai.builtin_plugins.spark.values import sound
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, NodeGroup, Recommendation

_STARTED_AS: Final = "spark_workers"
"""Key in a node group's ``extra``: the sizes that its running workers were started with."""


def recommendations(cluster: Cluster, *, scaling: bool) -> list[Recommendation]:
    """Memory and cores of each group's workers where facts are known, and the memory of executors.

    Workers that run keep what they were started with. So that all workers of a group stay alike, and executors fit on
    each, scaling never recommends more than that.

    Args:
        cluster: the cluster as it is to be.
        scaling: whether it exists already.
    """
    advice = worker_recommendations(cluster, wanted_counts(cluster), scaling=scaling)
    return [*advice, *_executor_recommendation(worker_sizes(cluster, advice))]


def worker_recommendations(cluster: Cluster, counts: Counts, *, scaling: bool) -> list[Recommendation]:
    """Memory and cores of each group's workers, where facts are known and there is enough of both.

    Args:
        cluster: the cluster.
        counts: how many instances each group is to have.
        scaling: whether some of them run already.
    """
    fresh = [advice for machine in worker_machines(cluster, counts) for advice in _for_machine(cluster, machine)]
    return [_not_more_than_before(cluster, advice) for advice in fresh] if scaling else fresh


def worker_machines(cluster: Cluster, counts: Counts) -> list[Machine]:
    """The machines that have workers and whose memory is known, with all that Spark runs there.

    Args:
        cluster: the cluster.
        counts: how many instances each group is to have.
    """
    known = [machine for machine in machines(cluster, counts, [MASTER, WORKER]) if machine.facts.memory_mb > 0]
    return [machine for machine in known if machine.count_of(WORKER)]


def worker_sizes(cluster: Cluster, advice: list[Recommendation]) -> dict[str, int | None]:
    """Memory of the workers of each group, in MiB: the user's, else as recommended; None where Spark is to choose."""
    recommended = {item.node_group: int(item.value) for item in advice if item.name == WORKER_MEMORY.name}
    return {
        group.name: given(WORKER_MEMORY, group.node_configs, cluster.cluster_configs) or recommended.get(group.name)
        for group in cluster.groups_with(WORKER)
    }


def given(config: Config, *layers: Mapping[str, Mapping[str, Any]]) -> int | None:
    """What the user gave for an integer, in the first layer that has it; None for what the engine refuses."""
    values = (layer.get(config.applicable_target, {}).get(config.name) for layer in layers)
    value = next((value for value in values if value is not None), None)
    return None if value is None or config.problem_with(value) else int(value)


@frozen
class Sizes:
    """What is to be in force.

    Attributes:
        workers: memory of the workers of each group, in MiB; None where Spark is to choose.
        executor: heap of an executor, in MiB.
    """

    workers: Mapping[str, int | None]
    executor: int


def sizes(cluster: Cluster, counts: Counts, *, scaling: bool) -> Sizes:
    """What is in force once a cluster has these counts. Arguments are those of :func:`worker_recommendations`."""
    advice = worker_recommendations(cluster, counts, scaling=scaling)
    workers = worker_sizes(cluster, advice)
    own = given(EXECUTOR_MEMORY, cluster.cluster_configs)
    known = [size for size in workers.values() if size is not None]
    if own is None and cluster.use_autoconfig and known:
        own = sizing.executor_memory(min(known))
    return Sizes(workers, own or int(EXECUTOR_MEMORY.default_value))


def remember_sizes(node_group: NodeGroup, *, all_new: bool) -> None:
    """Keep the least that the workers of a group were started with, as far as it was recommended.

    A size that the user gave is none to keep: when it is taken back, what is recommended then is meant.

    Args:
        node_group: a group whose workers were just started.
        all_new: whether all of them were.
    """
    before: Mapping[str, int] = {} if all_new else node_group.extra.get(_STARTED_AS, {})
    layers = (node_group.node_configs, node_group.cluster.cluster_configs)
    own = [config for config in (WORKER_MEMORY, WORKER_CORES) if given(config, *layers) is None]
    known = {config.name: value for config in own if (value := node_group.value(config)) is not None}
    node_group.extra[_STARTED_AS] = {name: min(value, before.get(name, value)) for name, value in known.items()}


def tenants(cluster: Cluster, machine: Machine) -> sizing.Tenants:
    """What of Spark runs on a machine; values the engine refuses count as nothing."""
    fixed = [
        (count, size)
        for group, count in machine.residents_with(WORKER)
        if (size := given(WORKER_MEMORY, group.node_configs, cluster.cluster_configs)) is not None
    ]
    workers = machine.count_of(WORKER)
    return sizing.Tenants(
        workers=workers,
        masters=machine.count_of(MASTER),
        sharing=workers - sum(count for count, _ in fixed),
        given=sum(count * size for count, size in fixed),
        daemon_memory=sound(cluster, settings.DAEMON_MEMORY, int) or 0,
        driver_memory=sound(cluster, settings.DRIVER_MEMORY, int) or 0,
    )


def _for_machine(cluster: Cluster, machine: Machine) -> Iterator[Recommendation]:
    sharing, facts = tenants(cluster, machine), machine.facts
    memory = sizing.worker_memory(facts.memory_mb, sharing)
    cores = sizing.worker_cores(facts.cpus, sharing.workers)
    for node_group in _advised(cluster, machine):
        if memory is not None and given(WORKER_MEMORY, node_group.node_configs, cluster.cluster_configs) is None:
            yield _advice(WORKER_MEMORY, memory, sizing.worker_memory_reason(facts.memory_mb, sharing), node_group.name)
        reason = f"{facts.cpus} processors / {sizing.plural(sharing.workers)} on the machine"
        yield _advice(WORKER_CORES, cores, reason, node_group.name)


def _advised(cluster: Cluster, machine: Machine) -> list[NodeGroup]:
    """The groups of workers that want recommendations."""
    return [group for group, _ in machine.residents_with(WORKER) if group.use_autoconfig and cluster.use_autoconfig]


def _not_more_than_before(cluster: Cluster, advice: Recommendation) -> Recommendation:
    before = cluster.node_group(advice.node_group or "").extra.get(_STARTED_AS, {}).get(advice.name)
    if before is None or before >= advice.value:
        return advice
    reason = f"as the group's running workers have; without them it would be {advice.value} = {advice.reason}"
    return Recommendation(advice.target, advice.name, before, advice.node_group, reason)


def _executor_recommendation(workers: Mapping[str, int | None]) -> Iterator[Recommendation]:
    """From the smallest worker, whether its size is given or recommended."""
    if known := [size for size in workers.values() if size is not None]:
        smallest, least = min(known), settings.LEAST_EXECUTOR_MEMORY
        overhead = sizing.executor_overhead(smallest)
        reason = f"{smallest} MiB of the smallest worker - {overhead} that an executor takes beside its heap"
        reason += f", but at least {least}" if smallest - overhead < least else ""
        yield _advice(EXECUTOR_MEMORY, sizing.executor_memory(smallest), reason)


def _advice(config: Config, value: int, reason: str, node_group: str | None = None) -> Recommendation:
    return Recommendation(config.applicable_target, config.name, value, node_group, reason)
