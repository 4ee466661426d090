"""The engine as host services embed it, on real Dask clusters."""

import asyncio
import os
import signal
import threading
from pathlib import Path

import pytest

from serai.engine import ClusterSpec, Engine, JobSpec
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.edp import JobStatus
from serai.hookspec.errors import ClusterBusy, NotFound, SeraiError, ValidationFailed, WrongStatus
from serai.hookspec.health import HealthColor
from serai.hookspec.listening import EventKind

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def dask(name="demo", workers=2, **fields):
    """A Dask cluster's spec."""
    groups = [
        {"name": "scheduler", "count": 1, "node_processes": ["scheduler"]},
        {"name": "workers", "count": workers, "node_processes": ["worker"]},
    ]
    versions = {"plugin_name": "dask", "hadoop_version": "2026.8.0"}
    return ClusterSpec.from_dict({"name": name, **versions, "node_groups": groups, **fields})


def job(code, tmp_path, **fields):
    """A job that runs a Python program."""
    program = tmp_path / f"{abs(hash(code))}.py"
    program.write_text(code)
    return JobSpec(type="Shell", main=str(program), **fields)


def test_a_cluster_lives_computes_scales_and_leaves_nothing(engine, left, tmp_path):
    """The whole life of a cluster, on real software."""
    operation = engine.clusters.create(dask())
    cluster = operation.result(120)
    assert cluster.status is ClusterStatus.ACTIVE
    assert len({instance.internal_ip for instance in cluster.instances}) == 3
    assert engine.clusters.health("demo").color is HealthColor.GREEN

    text = str(EXAMPLES / "text" / "opticks.txt")
    spec = JobSpec(type="Shell", main=str(EXAMPLES / "dask_wordcount.py"), libs=[text], args=["opticks.txt"])
    submitted = engine.jobs.submit("demo", spec)
    assert submitted.result(60).status is JobStatus.SUCCEEDED
    assert "9825 the" in submitted.output().stdout
    assert "on 2 workers" in submitted.output().stdout

    grown = engine.clusters.scale("demo", {"workers": 3}).result(120)
    assert [len(group.instances) for group in grown.node_groups] == [1, 3]
    shrunk = engine.clusters.scale("demo", {"workers": 1}).result(120)
    assert [i.instance_name for i in shrunk.instances] == ["demo-scheduler-1", "demo-workers-1"]
    assert engine.clusters.health("demo").color is HealthColor.GREEN

    engine.clusters.delete("demo").result(60)
    assert left() == []
    with pytest.raises(NotFound):
        engine.clusters.get("demo")


def test_data_survives_scaling_down(engine, tmp_path):
    """What a leaving worker holds moves to those that stay, while a client waits for it."""
    engine.clusters.create(dask(workers=2)).result(120)
    hold = """
import pathlib, time
from distributed import Client
with Client() as client:
    held = client.map(lambda n: [n] * 1000, range(40))
    before = {worker for workers in client.who_has(held).values() for worker in workers} if not time.sleep(1) else None
    pathlib.Path("held").touch()
    while len(client.scheduler_info(n_workers=-1)["workers"]) > 1:
        time.sleep(0.1)
    print(len(before), sum(values[0] for values in client.gather(held)))
"""
    held = engine.jobs.submit("demo", job(hold, tmp_path))
    flag = threading.Event()
    marks = Path(os.environ["SERAI_LOCAL_ROOT"])
    for _ in range(300):
        if list(marks.glob(f"*/*/data/jobs/{held.id}/held")):
            break
        flag.wait(0.1)
    engine.clusters.scale("demo", {"workers": 1}).result(120)
    assert held.result(60).status is JobStatus.SUCCEEDED, held.output().stderr
    assert held.output().stdout.split() == ["2", str(sum(range(40)))]


def test_a_worker_that_is_killed_turns_health_red_by_name(engine):
    """Health says which instance lost its process."""
    cluster = engine.clusters.create(dask()).result(120)
    victim = cluster.node_group("workers").instances[1]
    for directory in Path("/proc").iterdir():
        if directory.name.isdecimal():
            try:
                command = (directory / "cmdline").read_bytes().split(b"\0")
                mine = victim.instance_id.encode() in (directory / "environ").read_bytes()
            except OSError:
                continue
            if mine and any(b"dask_worker" in word or b"dask-worker" in word for word in command):
                os.kill(int(directory.name), signal.SIGKILL)
    report = engine.clusters.health("demo")
    assert report.color is HealthColor.RED
    assert any(victim.instance_name in f"{c.name} {c.reason}" for c in report.checks if c.color is HealthColor.RED)


def test_a_job_can_be_cancelled_and_found_again_by_another_engine(engine, store_url, tmp_path):
    """A job belongs to the cluster, not to the engine that submitted it."""
    engine.clusters.create(dask(workers=1)).result(120)
    submitted = engine.jobs.submit("demo", job("import time; print('on', flush=True); time.sleep(600)", tmp_path))
    with Engine.open(store_url) as other:
        found = other.jobs.get(submitted.id)
        assert found.refresh().status is JobStatus.RUNNING
        assert found.cancel().status is JobStatus.KILLED
    assert submitted.result(30).status is JobStatus.KILLED


def test_a_job_that_fails_says_how(engine, tmp_path):
    """Exit code and the last words are kept."""
    engine.clusters.create(dask(workers=1)).result(120)
    failed = engine.jobs.submit("demo", job("import sys; sys.exit('no such table')", tmp_path)).result(60)
    assert failed.status is JobStatus.FAILED
    assert failed.info["exit_code"] == 1
    assert "no such table" in failed.reason


def test_clusters_side_by_side_from_threads(engine):
    """Two clusters are made at once, each with addresses of its own."""
    operations = {}

    def make(name):
        operations[name] = engine.clusters.create(dask(name, workers=1))

    threads = [threading.Thread(target=make, args=(name,)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clusters = [operation.result(120) for operation in operations.values()]
    addresses = [instance.internal_ip for cluster in clusters for instance in cluster.instances]
    assert len(set(addresses)) == 4


def test_an_asyncio_program_awaits_without_blocking_its_loop(engine):
    """The loop keeps ticking while the cluster is made."""

    async def program():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.02)
                ticks += 1

        ticking = asyncio.create_task(tick())
        cluster = await engine.clusters.create(dask(workers=1))
        ticking.cancel()
        return cluster.status, ticks

    status, ticks = asyncio.run(program())
    assert status is ClusterStatus.ACTIVE
    assert ticks > 20


def test_an_operation_that_is_cancelled_says_so_and_the_cluster_can_be_deleted(engine, left):
    """Cancelling ends at once; what is left is shown, and goes with the cluster."""
    operation = engine.clusters.create(dask())
    for event in operation.events():
        if event.kind is EventKind.STEP_STARTED and event.phase == "start":
            operation.cancel()
    with pytest.raises(SeraiError) as caught:
        operation.result(30)
    assert caught.value.code == "CANCELLED"
    assert engine.clusters.get("demo").status is ClusterStatus.ERROR
    engine.clusters.delete("demo").result(60)
    assert left() == []


def test_a_failed_creation_tells_why_and_goes_on_after_a_retry(engine, tmp_path):
    """A port that somebody else has: the error names it; once it is free, retry finishes the job."""
    import socket

    with socket.create_server(("0.0.0.0", 18786)):
        configs = {"service:Dask": {"Scheduler port": 18786}}
        with pytest.raises(SeraiError) as caught:
            engine.clusters.create(dask(cluster_configs=configs)).result(120)
        assert engine.clusters.get("demo").status is ClusterStatus.ERROR
        assert "phase" in caught.value.details
        assert "18786" in str(caught.value) + str(caught.value.to_dict())
    assert engine.clusters.retry("demo").result(120).status is ClusterStatus.ACTIVE


def test_delete_while_creating_cancels_first(engine, left):
    """Nobody has to wait for a cluster that is not wanted any more."""
    engine.clusters.create(dask())
    engine.clusters.delete("demo").result(60)
    assert left() == []


def test_two_operations_on_one_cluster_do_not_meet(engine, store_url):
    """The second is refused, also from another engine, and the first is not disturbed."""
    operation = engine.clusters.create(dask())
    with Engine.open(store_url) as other, pytest.raises((ClusterBusy, WrongStatus)):
        other.clusters.scale("demo", {"workers": 3})
    assert operation.result(120).status is ClusterStatus.ACTIVE


def test_a_refused_scaling_touches_nothing(engine):
    """Validation comes first, and tells everything."""
    engine.clusters.create(dask(workers=1)).result(120)
    with pytest.raises(ValidationFailed) as caught:
        engine.clusters.scale("demo", {"workers": 0, "wrokers": 3, "scheduler": 2})
    assert len(caught.value.errors) >= 3
    cluster = engine.clusters.get("demo")
    assert (cluster.status, [len(group.instances) for group in cluster.node_groups]) == (ClusterStatus.ACTIVE, [1, 1])


def test_growing_beyond_the_machine_is_refused(engine):
    """Facts are known when a scaling is checked, too."""
    groups = [
        {"name": "scheduler", "count": 1, "node_processes": ["scheduler"]},
        {
            "name": "workers",
            "count": 1,
            "node_processes": ["worker"],
            "node_configs": {"service:Dask": {"Worker memory": 1024}},
        },
    ]
    versions = {"plugin_name": "dask", "hadoop_version": "2026.8.0"}
    engine.clusters.create(ClusterSpec.from_dict({"name": "demo", **versions, "node_groups": groups})).result(120)
    with pytest.raises(ValidationFailed) as caught:
        engine.clusters.scale("demo", {"workers": 5000})
    assert "MEMORY_EXCEEDED" in [error.code for error in caught.value.errors]
    assert len(engine.clusters.get("demo").instances) == 2


def test_a_name_that_was_used_does_not_come_back(engine):
    """Two machines of a cluster's life never share a name."""
    engine.clusters.create(dask(workers=1)).result(120)
    engine.clusters.scale("demo", {"workers": 2}).result(120)
    engine.clusters.scale("demo", {"workers": 1}).result(120)
    again = engine.clusters.scale("demo", {"workers": 2}).result(120)
    names = [instance.instance_name for instance in again.node_group("workers").instances]
    assert names == ["demo-workers-1", "demo-workers-3"]


def test_a_protected_cluster_ends_only_when_forced(engine):
    """is_protected is honoured, and is no trap."""
    engine.clusters.create(dask(workers=1, is_protected=True)).result(120)
    with pytest.raises(WrongStatus, match="protected") as caught:
        engine.clusters.delete("demo")
    assert "--force" in caught.value.hint
    engine.clusters.delete("demo", force=True).result(60)
    assert engine.clusters.list() == []


def test_a_memory_engine_works_too(state):
    """Without a URL nothing is kept, and everything works."""
    with Engine.open() as engine:
        assert engine.clusters.create(dask(workers=1)).result(120).status is ClusterStatus.ACTIVE
        engine.clusters.delete("demo").result(60)
        assert engine.clusters.list() == []
