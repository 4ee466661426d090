"""Validation of Dask clusters against a plain restatement of its rules."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from serai.builtin_plugins.dask.settings import CONFIGS
from serai.builtin_plugins.dask.validation import cluster_problems, scaling_problems
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup

PROCESSES = st.sampled_from([["scheduler"], ["worker"], ["scheduler", "worker"], []])
PORTS = st.sampled_from([8786, 8787, 8788, 8789])
MEMORY = 4000


@st.composite
def node_groups(draw: st.DrawFn, name: str) -> NodeGroup:
    values = draw(
        st.fixed_dictionaries(
            {}, optional={"Worker memory": st.integers(64, 3000), "Worker port": PORTS, "Worker HTTP port": PORTS}
        )
    )
    shared = draw(st.booleans())
    facts = draw(st.sampled_from([None, Facts(machine_id="m" if shared else "", memory_mb=MEMORY)]))
    return NodeGroup(name, draw(st.integers(0, 3)), draw(PROCESSES), node_configs={"service:Dask": values}, facts=facts)


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    groups = [draw(node_groups(f"g{index}")) for index in range(draw(st.integers(0, 4)))]
    cluster = Cluster("demo", "dask", "2026.8.0", groups)
    cluster.bind_configs(CONFIGS)
    return cluster


def memory(group: NodeGroup) -> int:
    return int(group.node_configs["service:Dask"].get("Worker memory", 0))


def expected_memory_faults(cluster: Cluster, counts: dict[str, int]) -> int:
    """How many machines are asked for more than they have."""
    workers = [group for group in cluster.node_groups if "worker" in group.node_processes and counts[group.name]]
    known = [group for group in workers if group.facts is not None]
    together = sum(counts[group.name] * memory(group) for group in known if group.facts and group.facts.machine_id)
    alone = [group for group in known if group.facts and not group.facts.machine_id]
    return int(together > MEMORY) + sum(memory(group) > MEMORY for group in alone)


def expected_port_faults(group: NodeGroup) -> int:
    """Pairs of servers of one instance that have the same port."""
    values = group.node_configs["service:Dask"]
    ports = [8786, 8787] if "scheduler" in group.node_processes else []
    if "worker" in group.node_processes:
        ports += [values.get("Worker port", 8788), values.get("Worker HTTP port", 8789)]
    return sum(one == other for one, other in combinations(ports, 2))


@settings(deadline=None)
@given(clusters())
def test_each_rule_is_reported_as_often_as_it_is_broken(cluster: Cluster) -> None:
    """No fault is missed and none is invented, whatever else is wrong."""
    counts = {group.name: group.count for group in cluster.node_groups}
    schedulers = sum(group.count for group in cluster.node_groups if "scheduler" in group.node_processes)
    workers = sum(group.count for group in cluster.node_groups if "worker" in group.node_processes)
    expected = {
        "NOT_SINGLE_SCHEDULER": int(schedulers != 1),
        "NO_WORKER": int(workers == 0),
        "MEMORY_EXCEEDED": expected_memory_faults(cluster, counts),
        "PORT_CONFLICT": sum(map(expected_port_faults, cluster.node_groups)),
    }
    codes = [error.code for error in cluster_problems(cluster)]
    assert {code: codes.count(code) for code in expected} == expected
    assert set(codes) <= set(expected)


@settings(deadline=None)
@given(clusters(), st.data())
def test_scaling_is_accepted_only_where_the_outcome_would_be(cluster: Cluster, data: st.DataObject) -> None:
    """Refused are: another number of schedulers' instances, no worker left, too much memory; nothing else."""
    existing = {group.name: data.draw(st.integers(0, 4)) for group in cluster.node_groups if data.draw(st.booleans())}
    counts = {group.name: group.count for group in cluster.node_groups} | existing
    changed = [group for group in cluster.node_groups if counts[group.name] != group.count]
    expected = {
        "NODE_GROUP_NOT_SCALABLE": sum("scheduler" in group.node_processes for group in changed),
        "NO_WORKER": int(
            not sum(counts[group.name] for group in cluster.node_groups if "worker" in group.node_processes)
        ),
        "MEMORY_EXCEEDED": expected_memory_faults(cluster, counts),
    }
    codes = [error.code for error in scaling_problems(cluster, existing, {})]
    assert {code: codes.count(code) for code in expected} == expected
    assert set(codes) <= set(expected)
