"""Clusters in the store."""

from datetime import UTC, datetime, timedelta

import pytest
from kept_clusters import add_cluster, cluster_documents, remove_cluster, save_cluster

from serai.engine.documents.schema import SCHEMA_VERSION
from serai.engine.store.store import Store
from serai.hookspec.cluster import ClusterStatus, Instance
from serai.hookspec.errors import NotFound, SeraiError


def test_an_added_cluster_comes_back_equal(store, make_cluster):
    """What was stored is what is read."""
    cluster = make_cluster(cluster_configs={"service:Spark": {"Worker memory": 1024}}, info={"Spark": {"Web UI": "u"}})
    add_cluster(store, cluster)
    assert store.cluster("demo") == cluster


def test_a_cluster_that_is_read_refers_to_its_own_parts(store, make_cluster):
    """Back references are set on what is read."""
    cluster = make_cluster()
    cluster.node_groups[0].add_instance(Instance("i-1", "demo-master-0"))
    add_cluster(store, cluster)
    found = store.cluster("demo")
    assert found.instances[0].node_group.cluster is found


def test_a_name_is_given_once(store, make_cluster):
    """A second cluster of the same name is refused, and the first one stays."""
    add_cluster(store, make_cluster(id="first"))
    with pytest.raises(SeraiError) as refused:
        add_cluster(store, make_cluster(id="second"))
    assert refused.value.code == "NAME_ALREADY_EXISTS"
    assert store.cluster("demo").id == "first"


def test_a_cluster_without_an_id_is_given_one(store, make_cluster):
    """No two clusters share the empty id."""
    for name in ("one", "two"):
        add_cluster(store, make_cluster(name, id=""))
    assert len({cluster.id for cluster in store.clusters()} - {""}) == 2


def test_saving_replaces_the_cluster(store, make_cluster):
    """The last save is what is read."""
    cluster = make_cluster()
    add_cluster(store, cluster)
    cluster.status, cluster.status_reason = ClusterStatus.ERROR, "no room"
    save_cluster(store, cluster)
    assert (store.cluster("demo").status, store.cluster("demo").status_reason) == (ClusterStatus.ERROR, "no room")


def test_the_store_stamps_the_times_of_a_cluster(make_cluster):
    """``created_at`` is the time of adding, ``updated_at`` that of the last save."""
    times = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(2)]
    ticking = iter(times)
    cluster = make_cluster()
    with Store.open(clock=lambda: next(ticking)) as store:
        add_cluster(store, cluster)
        save_cluster(store, cluster)
        found = store.cluster("demo")
    assert [found.created_at, found.updated_at] == times


def test_saving_what_is_not_there_is_an_error(store, make_cluster):
    """A cluster that was deleted does not come back by a late save."""
    cluster = make_cluster()
    add_cluster(store, cluster)
    remove_cluster(store, cluster.id)
    with pytest.raises(NotFound):
        save_cluster(store, cluster)
    assert store.clusters() == []


def test_an_unknown_cluster_is_not_found_with_the_nearest_name(store, make_cluster):
    """The error suggests what may have been meant."""
    add_cluster(store, make_cluster("quickstart"))
    with pytest.raises(NotFound) as missing:
        store.cluster("quikstart")
    assert missing.value.code == "CLUSTER_NOT_FOUND"
    assert "quickstart" in missing.value.hint


def test_an_empty_store_says_that_it_is_empty(store):
    """No name can be suggested where there is none."""
    with pytest.raises(NotFound, match="there is no cluster demo") as missing:
        store.cluster("demo")
    assert missing.value.hint == "the store holds no cluster"


def test_clusters_come_by_name(store, make_cluster):
    """The order does not depend on that of adding."""
    for name in ("b", "c", "a"):
        add_cluster(store, make_cluster(name))
    assert [cluster.name for cluster in store.clusters()] == ["a", "b", "c"]


def test_documents_can_be_read_as_they_are(store, make_cluster):
    """Whatever plugin a cluster is of, its document has the field names and the version of its shape."""
    add_cluster(store, make_cluster(plugin_name="gone"))
    (document,) = cluster_documents(store)
    assert (document["plugin_name"], document["hadoop_version"]) == ("gone", "4.3.0")
    assert document["schema_version"] == SCHEMA_VERSION


def test_removing_a_cluster_twice_is_no_error(store, make_cluster):
    """A deletion that is run again ends as the first one did."""
    add_cluster(store, make_cluster())
    for _ in range(2):
        remove_cluster(store, "id-of-demo")
    assert store.clusters() == []


def test_undecodable_output_in_a_reason_is_kept(store, make_cluster):
    """A reason may quote the output of a program; saving it must not fail."""
    cluster = make_cluster(status_reason="it said \udcff\0")
    add_cluster(store, cluster)
    assert store.cluster("demo").status_reason == cluster.status_reason
