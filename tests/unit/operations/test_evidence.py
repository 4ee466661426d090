"""Services found dead where an error happened."""

import time
from typing import ClassVar

import pytest
from smallest_plugin import Smallest

from serai.engine import ClusterSpec, Engine, plugin
from serai.engine.operations import evidence
from serai.engine.operations.explaining import findings
from serai.hookspec import hookimpl
from serai.hookspec.errors import DeadlineExceeded, HostsFailed, OperationCancelled
from serai.hookspec.semantics import Role
from serai.hookspec.services import Listening, Service
from serai.hookspec.testing.fleet import Fleet

SHEEP = Service("sheep", ["sheep"], ready=[Listening(7000)])


class Herd(Smallest):
    """Its sheep die on one host; then it does what it was told."""

    services: ClassVar = {"Herd": ["sheep"]}

    def __init__(self):
        self.then = None

    @hookimpl
    def start_cluster(self, cluster, run):
        for instance in cluster.instances:
            instance.remote.services.start(SHEEP)
        self.fleet.host("demo-w-2").processes.end("sheep", 9)
        self.then(cluster, run)


@pytest.fixture
def fleet():
    return Fleet()


@pytest.fixture
def failure(tmp_path, fleet):
    """Tells how an operation failed that ended so."""
    herd = Herd()

    def fail(then):
        herd.then, herd.fleet = then, fleet
        plugins = [plugin("herd", Role.PROVISIONING, herd), plugin("fleet", Role.INFRASTRUCTURE, fleet)]
        groups = [{"name": "w", "count": 3, "node_processes": ["sheep"]}]
        document = {"name": "demo", "plugin_name": "herd", "hadoop_version": "1", "node_groups": groups}
        spec = ClusterSpec.from_dict({**document, "infrastructure": {"provider": "fleet"}})
        with Engine.open(plugins=plugins, discover=False, cache=tmp_path) as engine:
            error = engine.clusters.create(spec).future.exception(30)
            stored = engine.clusters.operations("demo")[-1].error
        assert findings(error.to_dict()) == findings(stored)
        return error

    return fail


def test_a_wait_in_vain_names_the_service_that_died(failure):
    """The error names no host: all are looked at."""

    def wait(cluster, run):
        run.wait_until(lambda: None, what="sheep to come", timeout=0.01)

    first, second = findings(failure(wait).to_dict())
    assert (first.code, first.limit) == ("TIMEOUT", 0.01)
    assert (second.host, second.service, second.status) == ("demo-w-2", "sheep", 9)
    assert (second.operation, second.phase) == (first.operation, "start")


def test_only_the_hosts_that_an_error_names_are_looked_at(failure):
    def fail(cluster, run):
        def stray(instance):
            raise DeadlineExceeded("gone", host=instance.instance_name)

        run.each(cluster.instances[:1], stray, step="graze")

    error = failure(fail)
    assert isinstance(error, HostsFailed)
    assert [each.host for each in findings(error.to_dict())] == ["demo-w-1"]


def test_an_operation_that_was_cancelled_is_not_looked_into(failure):
    def stop(cluster, run):
        raise OperationCancelled("enough")

    assert "evidence" not in failure(stop).details


def test_machines_that_do_not_answer_cost_no_more_than_the_limit(failure, fleet, monkeypatch):
    """And say nothing; the others do."""
    monkeypatch.setattr(evidence, "LOOK_SECONDS", 0.5)

    def wait(cluster, run):
        fleet.host("demo-w-1").freeze()
        run.wait_until(lambda: None, what="sheep to come", timeout=0.01)

    began = time.monotonic()
    found = findings(failure(wait).to_dict())
    assert time.monotonic() - began < 5
    fleet.host("demo-w-1").thaw()
    assert [each.host for each in found[1:]] == ["demo-w-2"]
