"""The life of a cluster, played without an engine."""

import pytest
from smallest_plugin import Smallest

from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config, ConfigType, Recommendation, ValidationError
from serai.hookspec.errors import Unsupported, ValidationFailed
from serai.hookspec.secrets import Secret
from serai.hookspec.services import Listening, Service
from serai.hookspec.testing.fleet import CRASH, Crash
from serai.hookspec.testing.stage import Stage

PASSWORD = Config("Password", config_type=ConfigType.SECRET)
SIZE = Config("Size", config_type=ConfigType.INTEGER, default_value=1)


class Scaling(Smallest):
    """Starts one service on each instance."""

    @hookimpl
    def get_configs(self):
        return [PASSWORD, SIZE]

    @hookimpl
    def recommend_configs(self, cluster, scaling):
        return [Recommendation("general", "Size", 2 if scaling else sum(g.facts.cpus for g in cluster.node_groups))]

    @hookimpl
    def validate_scaling(self, existing):
        return [ValidationError(error_message="too many")] if max(existing.values()) > 4 else []

    @hookimpl
    def start_cluster(self, cluster, run):
        self.scale_cluster(cluster, cluster.instances, run)

    @hookimpl
    def scale_cluster(self, cluster, instances, run):
        service = Service("s", ["s"], ready=[Listening(cluster.value(SIZE))])
        run.each(instances, lambda each: each.remote.services.start(service), step="Start")

    @hookimpl
    def decommission_nodes(self, instances, run):
        run.each(instances, lambda each: each.remote.services.stop("s"), step="Stop")


@pytest.fixture
def stage():
    return Stage({"scaling": Scaling()})


@pytest.fixture
def cluster(stage):
    return stage.cluster({"g": (["smallest"], 2)}, values={"general": {"Password": "hush"}})


def test_instances_are_connected_and_named_as_an_engine_names_them(cluster):
    """Each with an address and a machine of its own."""
    assert [each.instance_name for each in cluster.instances] == ["demo-g-1", "demo-g-2"]
    assert len({each.internal_ip for each in cluster.instances}) == 2
    assert all(each.is_connected for each in cluster.instances)


def test_secrets_are_secrets_and_recommendations_are_there(cluster):
    """As hooks get to see a cluster."""
    assert cluster.value(PASSWORD) == Secret("hush")
    assert cluster.value(SIZE) == 4


def test_a_cluster_that_is_given_stays_as_it_is(stage):
    """It may be an example that is tried again."""
    given = Cluster("demo", "scaling", "1", [NodeGroup("g", 1, ["smallest"])])
    made = stage.cluster(given)
    made.node_groups[0].node_processes.append("other")
    assert given == Cluster("demo", "scaling", "1", [NodeGroup("g", 1, ["smallest"])])


def test_scaling_drains_removes_and_takes_in(stage, cluster):
    """In that order, and only where it is due."""
    stage.create(cluster)
    stage.scale(cluster, {"g": 3})
    assert stage.fleet.host("demo-g-3").processes.listeners == {2: "s"}
    stage.scale(cluster, {"g": 1})
    assert [each.instance_name for each in cluster.instances] == ["demo-g-1"]
    assert [machine.name for machine in stage.fleet.list_machines(cluster.id)] == ["demo-g-1"]
    hooks = [each.hook for each in stage.called]
    assert hooks[-3:] == ["recommend_configs", "validate_scaling", "decommission_nodes"]


def test_a_scaling_is_judged_by_what_will_be_recommended():
    """As an engine has it judged; and one that is refused leaves the values as they were."""
    seen = []

    class Judge:
        @hookimpl
        def validate_scaling(self, cluster):
            seen.append((cluster.value(SIZE), cluster.node_groups[0].count))
            return [ValidationError(error_message="no")]

    stage = Stage({"scaling": Scaling(), "judge": Judge()})
    cluster = stage.cluster({"g": (["smallest"], 2)}, values={"general": {"Password": "hush"}})
    with pytest.raises(ValidationFailed):
        stage.scale(cluster, {"g": 3})
    assert seen == [(2, 2)]
    assert (cluster.value(SIZE), cluster.node_groups[0].count) == (4, 2)


def test_no_name_comes_back_for_another_machine(stage, cluster):
    """As with an engine."""
    stage.create(cluster)
    stage.scale(cluster, {"g": 1})
    stage.scale(cluster, {"g": 2})
    assert [each.instance_name for each in cluster.instances] == ["demo-g-1", "demo-g-3"]


def test_a_refused_scaling_changes_nothing(stage, cluster):
    """Neither counts nor machines."""
    with pytest.raises(ValidationFailed, match="too many"):
        stage.scale(cluster, {"g": 5})
    assert cluster.node_groups[0].count == len(cluster.instances) == 2


def test_a_plugin_that_takes_nothing_in_is_not_scaled():
    """It says so before anything is touched."""
    stage = Stage(Smallest())
    with pytest.raises(Unsupported):
        stage.scale(stage.cluster({"g": (["smallest"], 1)}), {"g": 2})


def test_an_operation_that_crashed_is_gone_on_with_by_calling_its_hook_again(stage, cluster):
    """With a new run."""
    stage.fleet.journal.plan(CRASH, at=2)
    with pytest.raises(Crash):
        stage.start_cluster(cluster)
    assert not stage.fleet.host("demo-g-2").processes.listeners
    stage.start_cluster(cluster)
    assert stage.fleet.host("demo-g-2").processes.listeners
    assert len(stage.runs) == 2


def test_deleting_takes_every_machine_away(stage, cluster):
    """And what was on it."""
    stage.create(cluster)
    stage.delete(cluster)
    assert cluster.instances == []
    assert stage.fleet.list_machines("") == []
    assert not stage.fleet.host("demo-g-1").processes.listeners
