"""What a plan shows."""

import json

import pytest

from serai.engine.lifecycle.create import CREATE
from serai.engine.planning import Plan, PlannedValue, ValueOrigin, plan
from serai.engine.spec import ClusterSpec
from serai.engine.validation import validated_cluster


@pytest.fixture
def planned(document, catalog) -> Plan:
    """The plan of the document."""
    document["node_groups"][0]["use_autoconfig"] = True
    cluster = validated_cluster(ClusterSpec.from_dict(document), catalog)
    return plan(cluster, catalog.stack("grid", "2.1.0", ["monitor"]), CREATE)


def values(planned: Plan, group: int) -> dict[str, PlannedValue]:
    """The values of a node group by name."""
    return {value.name: value for value in planned.node_groups[group].configuration}


def test_each_value_has_its_origin(planned):
    """Node, cluster, recommended, default: strongest first."""
    master, nodes = values(planned, 0), values(planned, 1)
    assert (nodes["Heap"].value, nodes["Heap"].origin) == (1024, ValueOrigin.NODE)
    assert (master["Port"].value, master["Port"].origin) == (7001, ValueOrigin.CLUSTER)
    assert (master["Mode"].value, master["Mode"].origin) == ("safe", ValueOrigin.DEFAULT)
    assert master["Heap"] == PlannedValue(
        "service:Grid", "Heap", 1024, ValueOrigin.RECOMMENDED, "a quarter of the memory"
    )


def test_secrets_are_masked(planned):
    """In the object and in its data."""
    assert values(planned, 0)["Password"].value == "******"
    assert "hunter2" not in repr(planned) + json.dumps(planned.to_dict())


def test_a_group_shows_the_configs_that_concern_it(planned):
    """Those of its services, of no service, and what was set for it."""
    assert set(values(planned, 0)) == {"Heap", "Mode", "Port", "Owner", "Password", "Rack"}
    assert set(values(planned, 1)) == {"Heap", "Mode", "Port", "Owner", "Rack", "Tracing", "Interval"}


def test_instances_are_named_as_they_will_be(planned):
    """Cluster, node group, index from 1."""
    assert [instance.name for instance in planned.instances] == [
        "demo-master-1",
        "demo-nodes-1",
        "demo-nodes-2",
        "demo-nodes-3",
    ]


def test_processes_are_in_the_plugins_order(planned):
    """As declared: the provisioning plugin's first, then the auxiliaries'."""
    assert [(process.name, process.count) for process in planned.processes] == [
        ("master", 1),
        ("node", 3),
        ("console", 1),
        ("exporter", 3),
    ]


def test_ports_are_the_configured_ones(planned):
    """7001 is set in the document, 7000 is the default."""
    assert [group.open_ports for group in planned.node_groups] == [(7001,), ()]


def test_what_plugins_do_as_root_is_told_for_each_group(planned):
    """Before anybody agrees to it; as data too."""
    told = [("mount the store", "open its ports"), ()]
    assert [group.root_commands for group in planned.node_groups] == told
    assert [group["root_commands"] for group in planned.to_dict()["node_groups"]] == [list(each) for each in told]


def test_phases_are_those_of_creating(planned):
    """What is planned is what happens."""
    assert [phase.name for phase in planned.phases] == [phase.name for phase in CREATE.phases]


def test_a_plan_is_data(planned):
    """For --json and for host services."""
    data = json.loads(json.dumps(planned.to_dict()))
    assert data["node_groups"][0]["configuration"][0]["origin"] == "recommended"
    assert data["provider"] == "farm"
