"""One of sixteen real hosts stands still: the others are a cluster, or the operation says whom it waits for."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lab.fixtures import need_lab
from lab.host import Host
from lab.network import Lab
from serai.engine import ClusterSpec, Engine
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import SeraiError

WITHIN = 150.0
"""Seconds in which a cluster of sixteen is up, or has failed, on two processors, one host being frozen."""


@pytest.fixture(scope="module")
def sixteen() -> Iterator[Lab]:
    need_lab()
    with Lab.up(hosts=16) as up:
        yield up


@pytest.fixture
def engine(sixteen: Lab, tmp_path: Path) -> Iterator[Engine]:
    with Engine.open(f"sqlite:///{tmp_path}/serai.db") as opened:
        yield opened
        for cluster in opened.clusters.list():
            opened.clusters.delete(cluster.name, force=True).result(WITHIN)


def spec(lab: Lab, path: Path, min_ready: int | None) -> ClusterSpec:
    """A Dask cluster of all hosts, the scheduler on the first."""
    first, *others = (host.name for host in lab.hosts)
    lab.inventory(path / "hosts.yaml", tags={first: ["first"], **{name: ["other"] for name in others}})
    options = {"inventory": str(path / "hosts.yaml"), "tags": {"scheduler": ["first"], "workers": ["other"]}}
    configs = {"service:Dask": {"Worker threads": 1, "Worker memory": 256}}
    workers = {"name": "workers", "count": len(others), "node_processes": ["worker"], "node_configs": configs}
    return ClusterSpec.from_dict(
        {
            "name": "many",
            "plugin_name": "dask",
            "hadoop_version": "2026.8.0",
            "infrastructure": {"provider": "ssh", **options},
            "node_groups": [
                {"name": "scheduler", "count": 1, "node_processes": ["scheduler"]},
                {**workers, **({} if min_ready is None else {"min_ready": min_ready})},
            ],
        }
    )


def quarantined(cluster: Cluster) -> list[str]:
    """Addresses of the machines the cluster does without."""
    return [instance.management_ip for instance in cluster.quarantined]


@pytest.mark.timeout(400)
def test_a_host_that_froze_before_is_done_without(sixteen: Lab, engine: Engine, tmp_path: Path) -> None:
    frozen = sixteen.hosts[7]
    with frozen.frozen():
        cluster = engine.clusters.create(spec(sixteen, tmp_path, 14)).result(WITHIN)
        assert cluster.status == "Active"
        assert quarantined(cluster) == [frozen.address]
        (fault,) = [each.fault for each in cluster.node_group("workers").quarantined]
        assert fault
        assert len(cluster.node_group("workers").instances) == 14
    engine.clusters.delete("many").result(WITHIN)


@pytest.mark.timeout(400)
def test_a_host_that_freezes_meanwhile_is_done_without(sixteen: Lab, engine: Engine, tmp_path: Path) -> None:
    with ExitStack() as stack:
        operation = engine.clusters.create(spec(sixteen, tmp_path, 14))
        victim = _freeze_one_in_step("Install Dask", operation, sixteen, stack)
        cluster = operation.result(WITHIN)
        assert cluster.status == "Active"
        assert quarantined(cluster) == [victim.address]
    engine.clusters.delete("many").result(WITHIN)


@pytest.mark.timeout(500)
def test_a_host_that_cannot_be_done_without_is_named_and_waited_for_by_a_retry(
    sixteen: Lab, engine: Engine, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        operation = engine.clusters.create(spec(sixteen, tmp_path, None))
        victim = _freeze_one_in_step("Install Dask", operation, sixteen, stack)
        with pytest.raises(SeraiError) as failed:
            operation.result(WITHIN)
        named = _name_of(engine.clusters.get("many"), victim)
        assert named in str(failed.value)
        assert engine.clusters.get("many").status == "Error"
        assert named in engine.clusters.get("many").status_reason
    cluster = engine.clusters.retry("many").result(WITHIN)
    assert cluster.status == "Active"
    assert quarantined(cluster) == []
    assert len(cluster.instances) == 16


def _freeze_one_in_step(step: str, operation: Any, lab: Lab, stack: ExitStack) -> Host:
    """Freeze a worker's host as soon as a step begins."""
    begun = threading.Event()

    def follow() -> None:
        for event in operation.events():
            if event.step == step:
                begun.set()
                return

    threading.Thread(target=follow, daemon=True).start()
    assert begun.wait(WITHIN)
    stack.enter_context(lab.hosts[9].frozen())
    return lab.hosts[9]


def _name_of(cluster: Cluster, host: Host) -> str:
    (name,) = [each.instance_name for each in cluster.instances if each.internal_ip == host.address]
    return name
