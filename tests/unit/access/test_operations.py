"""Access in the life of a cluster whose hosts come from a stock."""

import threading
import time

import pytest

from serai.engine.remote.pool import Pool
from serai.hookspec import hookimpl
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import OperationCancelled, RootRefused, SeraiError, ValidationFailed
from serai.hookspec.listening import EventKind


@pytest.mark.slow
def test_a_cluster_claims_its_hosts_and_gives_them_back(engine, spec, yard):
    """Claimed when it is created, released when it is gone, marked and cleared over the operation's connections."""
    cluster = engine.clusters.create(spec(guests=2)).result(60)
    infrastructure = spec().infrastructure
    claimed = {host.name: host.claim for host in engine.hosts.list(infrastructure)}
    assert {claim.cluster_id for claim in claimed.values()} == {cluster.id}
    assert {claim.token for claim in claimed.values()} == {instance.client_token for instance in cluster.instances}
    assert (yard.root / "a" / "conf" / "cluster").read_text() == "demo"
    engine.clusters.delete("demo").result(60)
    assert [host.claim for host in engine.hosts.list(infrastructure)] == [None] * 3
    assert not (yard.root / "a" / "conf" / "cluster").exists()


@pytest.mark.slow
def test_two_clusters_share_no_host(engine, spec):
    """The second one is told before anything is touched; what it would have had stays with the first."""
    engine.clusters.create(spec("one")).result(60)
    with pytest.raises(ValidationFailed, match="2 hosts are wanted, 1 can be had"):
        engine.clusters.create(spec("two"))
    assert [cluster.name for cluster in engine.clusters.list()] == ["one"]


@pytest.mark.parametrize("kind", ["yard", "direct"])
def test_a_plan_looks_and_takes_nothing(kind, open_engine, spec, request):
    """Once a host, however many node groups there are; whoever brings the connections."""
    provider = request.getfixturevalue(kind)
    engine = open_engine(provider)
    planned = engine.clusters.plan(spec())
    assert [len(group.root_commands) for group in planned.node_groups] == [1, 0]
    assert provider.looks == 1
    assert [host.claim for host in engine.hosts.list(spec().infrastructure)] == [None] * 3


@pytest.mark.slow
def test_a_scaling_asks_with_what_a_creation_asked_with(engine, spec):
    """What cannot be had is told, by the same rules."""
    engine.clusters.create(spec()).result(60)
    with pytest.raises(ValidationFailed, match="4 hosts are wanted, 3 can be had"):
        engine.clusters.scale("demo", {"guests": 3})
    assert len(engine.clusters.scale("demo", {"guests": 2}).result(60).instances) == 3


def test_an_operation_tells_what_its_provider_does(engine, spec):
    """A step with its hosts, and what became of each."""
    operation = engine.clusters.create(spec())
    operation.result(60)
    told = [event for event in operation.events() if event.step == "mark hosts"]
    assert [event.kind for event in told] == [
        EventKind.STEP_STARTED,
        EventKind.HOST_FINISHED,
        EventKind.HOST_FINISHED,
        EventKind.STEP_FINISHED,
    ]
    assert told[0].data["hosts"] == ["a", "b"]
    assert {event.host for event in told[1:3]} == {"a", "b"}


def test_an_operation_has_one_pool_for_its_provider_and_its_plugins(open_engine, yard, spec, monkeypatch):
    """So that each host has one connection; a validation has one of its own, and closes it."""
    made, closed = [], []
    monkeypatch.setattr(Pool, "__init__", _counted(Pool.__init__, made))
    monkeypatch.setattr(Pool, "close", _counted(Pool.close, closed))
    engine = open_engine(yard)
    engine.clusters.create(spec()).result(60)
    assert len(made) == len(closed) == 2
    assert set(map(id, made)) == set(map(id, closed))


def _counted(method, calls):
    def counted(self, *arguments, **named):
        calls.append(self)
        return method(self, *arguments, **named)

    return counted


def test_an_operation_that_is_cancelled_stops_its_provider(open_engine, yard, spec):
    """At once, whatever runs on its hosts; that is an end like any other."""
    began = threading.Event()

    class Slow(type(yard)):
        @hookimpl
        def create_machines(self, cluster, requests, access):
            def wait(remote):
                began.set()
                remote.run("sleep", "60")

            endpoints = [self._endpoint("a"), self._endpoint("b")]
            return access.each(endpoints, wait, step="wait")

    engine = open_engine(Slow(yard.root))
    operation = engine.clusters.create(spec())
    assert began.wait(30)
    asked = time.monotonic()
    operation.cancel()
    with pytest.raises(OperationCancelled):
        operation.result(30)
    assert time.monotonic() - asked < 10
    assert engine.clusters.get("demo").status is ClusterStatus.ERROR


@pytest.mark.slow
def test_root_is_for_those_who_declared_it(open_engine, yard, spec, engine, tent_kind):
    """Group by group: what is right for guards is refused to guests."""
    tents = engine.clusters.create(spec()).result(60)
    assert tents.status is ClusterStatus.ACTIVE
    engine.clusters.delete("demo").result(60)

    class Bold(tent_kind):
        @hookimpl
        def start_cluster(self, cluster):
            cluster.node_group("guests").instances[0].remote.run("true", root=True)

    with pytest.raises(RootRefused) as refused:
        open_engine(yard, Bold()).clusters.create(spec()).result(60)
    assert (refused.value.code, refused.value.host) == ("ROOT_NOT_DECLARED", "demo-guests-1")


def test_a_plugin_that_cannot_tell_what_it_does_as_root_is_found_out_before(open_engine, yard, spec, tent_kind):
    """No machine is touched."""

    class Vague(tent_kind):
        @hookimpl
        def get_root_commands(self):
            raise OSError("I forgot")

    engine = open_engine(yard, Vague())
    with pytest.raises(SeraiError, match="I forgot") as defect:
        engine.clusters.create(spec())
    assert defect.value.origin.hook == "get_root_commands"
    assert engine.clusters.list() == []
