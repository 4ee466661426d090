"""Numbers of ZooKeeper's servers whatever comes and goes, and what JournalNodes, DataNodes and ZooKeeper say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.builtin_plugins.hadoop.datanode import UnreadableDataNode, parse_datanode
from serai.builtin_plugins.hadoop.journals import UnreadableJournals, parse_journals
from serai.builtin_plugins.hadoop.numbering import numbers, remember_numbers
from serai.builtin_plugins.hadoop.zookeeper import parse_zookeeper
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance, NodeGroup

ADDRESSES = st.builds("10.0.0.{}:{}".format, st.integers(1, 254), st.integers(1, 65535))
LEFT_OUT = st.sampled_from([" (will try to re-sync on next segment)", " (never written)", " (whatever)", "?"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
answers = st.binary() | anything.map(lambda value: json.dumps(value).encode())


@given(st.lists(st.sets(st.integers(1, 6), min_size=1), min_size=1, max_size=6))
def test_numbers_are_distinct_small_and_stay(crews: list[set[int]]) -> None:
    """As long as an instance is there it keeps its number."""
    cluster = Cluster("demo", "hadoop", "3.5.0", [NodeGroup("group", 0, ["zookeeper"])])
    (group,) = cluster.node_groups
    known: dict[str, int] = {}
    for crew in crews:
        names = {f"demo-group-{number}" for number in crew}
        for instance in [each for each in group.instances if each.instance_name not in names]:
            group.remove_instance(instance)
        for name in sorted(names - {each.instance_name for each in group.instances}):
            group.add_instance(Instance(name, name))
        found = numbers(cluster, "zookeeper")
        assert found.keys() == names
        assert len(set(found.values())) == len(names)
        assert set(found.values()) <= set(range(1, 7))
        assert all(found[name] == number for name, number in known.items() if name in names)
        remember_numbers(cluster)
        assert numbers(cluster, "zookeeper") == found
        known = dict(found)


@given(
    st.dictionaries(ADDRESSES, st.tuples(st.integers(0, 10**9), st.integers(0, 99), st.just("") | LEFT_OUT), min_size=1)
)
def test_exactly_those_that_are_written_to_take_part(journals: dict[str, tuple[int, int, str]]) -> None:
    """Whatever else is said of one leaves it out."""
    told = ", ".join(
        f"{address} (Written txid {written}{f' ({behind} txns/5ms behind)' if behind else ''}{more})"
        for address, (written, behind, more) in journals.items()
    )
    status = [{"manager": "QJM to [them]", "stream": f"Writing segment beginning at txid 1. \n{told}"}]
    bean = {"name": "Hadoop:service=NameNode,name=NameNodeInfo", "NameJournalStatus": json.dumps(status)}
    expected = {address for address, (_, _, more) in journals.items() if not more}
    assert parse_journals(json.dumps({"beans": [bean]}).encode()) == expected


@given(answers)
def test_anything_else_is_refused(answer: bytes) -> None:
    """By its own error, and no other."""
    with pytest.raises(UnreadableJournals):
        parse_journals(answer)
    with pytest.raises(UnreadableDataNode):
        parse_datanode(answer)
    with pytest.raises(RemoteError):
        parse_zookeeper(answer)
