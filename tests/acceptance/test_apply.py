"""Documents applied to real clusters that run: under jobs, against what is in the way, and back again."""

import json
import os
import socket
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from serai.engine import ClusterSpec, JobSpec
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.edp import JobStatus
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.health import HealthColor
from serai.hookspec.listening import EventKind

SMALL_JVM = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
QUICK = f"spark.executor.extraJavaOptions {SMALL_JVM}\nspark.driver.extraJavaOptions {SMALL_JVM}"
STEADY = """
import pathlib, time
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("steady").getOrCreate()

def slow(n):
    time.sleep(0.5)
    return n

rdd = spark.sparkContext.parallelize(range(120), 120).map(slow)
pathlib.Path("begun").touch()
print("sum", rdd.sum())
spark.stop()
"""
HOLD = """
import pathlib, time
from distributed import Client
with Client() as client:
    held = client.map(lambda n: [n] * 1000, range(40))
    client.gather(held)
    pathlib.Path("begun").touch()
    while not pathlib.Path("enough").exists():
        client.submit(lambda: time.sleep(0.05), pure=False).result()
    print("sum", sum(values[0] for values in client.gather(held)))
"""


def spark(workers=2, only=None, **values):
    """A Spark cluster's spec; values for its workers in ``only``."""
    common = {"Executor memory": 512, "Spark defaults": QUICK}
    group = {"name": "workers", "count": workers, "node_processes": ["worker"]}
    group["node_configs"] = {"service:Spark": {"Worker memory": 600, "Worker cores": 1, **(only or {})}}
    return ClusterSpec.from_dict(
        {
            "name": "demo",
            "plugin_name": "spark",
            "hadoop_version": "4.3.0",
            "node_groups": [{"name": "master", "count": 1, "node_processes": ["master"]}, group],
            "cluster_configs": {"service:Spark": {**common, **values}},
        }
    )


def dask(workers=2, only=None, **values):
    """A Dask cluster's spec; values for its workers in ``only``."""
    group = {"name": "workers", "count": workers, "node_processes": ["worker"]}
    group["node_configs"] = {"service:Dask": {"Worker memory": 512, "Worker threads": 1, **(only or {})}}
    return ClusterSpec.from_dict(
        {
            "name": "demo",
            "plugin_name": "dask",
            "hadoop_version": "2026.8.0",
            "node_groups": [{"name": "scheduler", "count": 1, "node_processes": ["scheduler"]}, group],
            "cluster_configs": {"service:Dask": values},
        }
    )


def begun(job, tmp_path, code, kind):
    """Submit a program, and wait until it is in the middle of its work; its directory."""
    program = tmp_path / "program.py"
    program.write_text(code)
    submitted = job("demo", JobSpec(type=kind, main=str(program)))
    pattern = f"*/*/data/jobs/{submitted.id}/begun"
    for _ in range(600):
        if found := list(Path(os.environ["SERAI_LOCAL_ROOT"]).glob(pattern)):
            return submitted, found[0].parent
        assert not submitted.refresh().status.is_final, submitted.output().stderr
        time.sleep(0.1)
    raise AssertionError("the job did not begin")


def steps(operation):
    """The titles of the steps of a change, as its events told them, without their numbers."""
    begun = (each.step for each in operation.events() if each.kind is EventKind.STEP_STARTED)
    return [step.partition(" ")[2] for step in begun if "/" in step.partition(" ")[0]]


def pids(cluster, service):
    """The processes of a service, by instance."""
    found = {}
    for instance in cluster.instances:
        for record in Path(os.environ["SERAI_LOCAL_ROOT"]).glob(f"*/{instance.instance_name}*/**/{service}/record"):
            fields = dict(line.split("=", 1) for line in record.read_text().splitlines())
            found[instance.instance_name] = fields["pid"]
    return found


def worker_sizes(cluster):
    """What the Spark master says of its living workers: memory by address."""
    with urllib.request.urlopen(f"{cluster.info['Spark']['Web UI']}/json/", timeout=10) as answer:  # noqa: S310
        workers = json.load(answer)["workers"]
    return {worker["host"]: worker["memory"] for worker in workers if worker["state"] == "ALIVE"}


@pytest.mark.timeout(600)
def test_spark_workers_take_turns_under_a_job(engine, tmp_path):
    """The job succeeds, and the master lists every worker with its new size; then nothing is left to do."""
    created = engine.clusters.create(spark()).result(300)
    assert set(worker_sizes(created).values()) == {600}
    job, _ = begun(engine.jobs.submit, tmp_path, STEADY, "Spark")
    wanted = spark(only={"Worker memory": 700, "Worker port": 7178, "Worker webui port": 8181})
    plan = engine.clusters.plan_changes(wanted)
    names = [instance.instance_name for instance in created.node_group("workers").instances]
    assert [step.title for step in plan.steps] == ["write the new values", *(f"restart worker on {n}" for n in names)]
    assert any("applications that run go on" in line for line in plan.disruptions)
    operation = engine.clusters.apply(wanted, plan)
    changed = operation.result(300)
    assert steps(operation) == [step.title for step in plan.steps]
    assert set(worker_sizes(changed).values()) == {700}
    assert job.result(120).status is JobStatus.SUCCEEDED, job.output().stderr
    assert f"sum {sum(range(120))}" in job.output().stdout
    assert engine.clusters.health("demo").color is HealthColor.GREEN
    assert engine.clusters.plan_changes(wanted).is_empty


@pytest.mark.timeout(600)
def test_spark_master_is_restarted_where_it_must_be(engine, tmp_path):
    """Alone for the port of its pages; with all workers for that of its orders; not at all for jobs' properties."""
    engine.clusters.create(spark()).result(300)
    jobs_alone = spark(**{"Spark defaults": f"{QUICK}\nspark.sql.shuffle.partitions 4", "Driver memory": 640})
    plan = engine.clusters.plan_changes(jobs_alone)
    assert [step.title for step in plan.steps] == ["write the new values"]
    engine.clusters.apply(jobs_alone, plan).result(300)
    page = spark(**{"Master webui port": 8090})
    plan = engine.clusters.plan_changes(page)
    assert [dict(step.processes) for step in plan.steps[1:]] == [{"master": ("demo-master-1",)}]
    changed = engine.clusters.apply(page).result(300)
    assert len(worker_sizes(changed)) == 2
    assert changed.info["Spark"]["Web UI"].endswith(":8090")
    every = spark(**{"Master port": 7177, "Spark defaults": f"{QUICK}\nspark.deploy.spreadOut false"})
    plan = engine.clusters.plan_changes(every)
    assert [set(step.processes) for step in plan.steps[1:]] == [{"master", "worker"}]
    changed = engine.clusters.apply(every).result(300)
    assert len(worker_sizes(changed)) == 2
    assert changed.info["Spark"]["Master URL"].endswith(":7177")
    job, _ = begun(engine.jobs.submit, tmp_path, STEADY.replace("range(120), 120", "range(4), 4"), "Spark")
    assert job.result(120).status is JobStatus.SUCCEEDED, job.output().stderr


@pytest.mark.timeout(600)
def test_a_spark_worker_that_does_not_come_back_stops_the_change(engine):
    """The next one is not touched. Retry goes on when what is in the way is gone; the former document goes back."""
    created = engine.clusters.create(spark()).result(300)
    first, second = created.node_group("workers").instances
    before = pids(created, "spark-worker")
    wanted = spark(only={"Worker webui port": 8181}, **{"Start timeout": 60})
    with socket.create_server((first.internal_ip, 8181)):
        with pytest.raises(SeraiError) as caught:
            engine.clusters.apply(wanted).result(300)
        assert caught.value.details["failed"] == f"restart worker on {first.instance_name}"
        assert caught.value.details["not begun"] == [f"restart worker on {second.instance_name}"]
        assert pids(created, "spark-worker")[second.instance_name] == before[second.instance_name]
        assert engine.clusters.get("demo").status is ClusterStatus.ERROR
        back = engine.clusters.apply(spark()).result(300)
    assert len(worker_sizes(back)) == 2
    assert pids(created, "spark-worker")[second.instance_name] == before[second.instance_name]
    assert engine.clusters.health("demo").color is HealthColor.GREEN
    with socket.create_server((second.internal_ip, 8181)), pytest.raises(SeraiError):
        engine.clusters.apply(wanted).result(300)
    engine.clusters.retry("demo").result(300)
    assert engine.clusters.health("demo").color is HealthColor.GREEN
    assert engine.clusters.plan_changes(wanted).is_empty


def test_dask_workers_take_turns_and_nothing_is_lost(engine, tmp_path):
    """A client computes all the time, and what it holds in memory survives every worker's restart."""
    created = engine.clusters.create(dask()).result(120)
    before = pids(created, "dask-worker")
    job, directory = begun(engine.jobs.submit, tmp_path, HOLD, "Shell")
    wanted = dask(only={"Worker memory": 600, "Worker port": 8888})
    operation = engine.clusters.apply(wanted, plan := engine.clusters.plan_changes(wanted))
    changed = operation.result(120)
    (directory / "enough").touch()
    assert steps(operation) == [step.title for step in plan.steps]
    assert len(plan.steps) == 3
    assert job.result(60).status is JobStatus.SUCCEEDED, job.output().stderr
    assert job.output().stdout.split() == ["sum", str(sum(range(40)))]
    assert set(before.items()).isdisjoint(pids(changed, "dask-worker").items())
    assert engine.clusters.health("demo").color is HealthColor.GREEN
    assert engine.clusters.plan_changes(wanted).is_empty


def test_dask_values_and_counts_change_together(engine, serai, tmp_path):
    """Who leaves is drained, then the scheduler restarts with those that stay; the command shows all that before."""
    engine.clusters.create(dask(workers=3)).result(120)
    wanted = dask(workers=2, **{"Worker TTL": 90})
    plan = engine.clusters.plan_changes(wanted)
    assert (plan.kind, [(each.old, each.new) for each in plan.counts]) == ("reshape", [(3, 2)])
    assert [dict(step.processes) for step in plan.steps[1:]] == [
        {"scheduler": ("demo-scheduler-1",), "worker": ("demo-workers-1", "demo-workers-2")}
    ]
    assert any("is lost" in line for line in plan.disruptions)
    changed = engine.clusters.apply(wanted).result(120)
    assert [len(group.instances) for group in changed.node_groups] == [1, 2]
    assert engine.clusters.health("demo").color is HealthColor.GREEN
    grown = engine.clusters.apply(dask(workers=3, only={"Worker memory": 400})).result(120)
    assert [len(group.instances) for group in grown.node_groups] == [1, 3]
    assert engine.clusters.health("demo").color is HealthColor.GREEN


def test_a_dask_worker_that_cannot_be_drained_is_not_restarted(engine, tmp_path):
    """The only one that holds data stays as it is, with its data."""
    created = engine.clusters.create(dask(workers=1)).result(120)
    before = pids(created, "dask-worker")
    job, directory = begun(engine.jobs.submit, tmp_path, HOLD, "Shell")
    with pytest.raises(SeraiError, match="nobody could take their data"):
        engine.clusters.apply(dask(workers=1, only={"Worker memory": 600})).result(120)
    assert pids(created, "dask-worker") == before
    (directory / "enough").touch()
    assert job.result(60).status is JobStatus.SUCCEEDED, job.output().stderr
    engine.clusters.retry("demo").result(120)
    assert engine.clusters.health("demo").color is HealthColor.GREEN


def test_a_change_whose_engine_is_cancelled_goes_on(engine):
    """Step by step: what was done is not done again."""
    created = engine.clusters.create(dask(workers=3)).result(120)
    operation = engine.clusters.apply(dask(workers=3, only={"Worker memory": 600}))
    done = threading.Event()
    for event in operation.events():
        if event.kind is EventKind.STEP_FINISHED and event.step.startswith("2/4"):
            operation.cancel()
            done.set()
    assert done.is_set()
    with pytest.raises(SeraiError):
        operation.result(60)
    renewed = pids(created, "dask-worker")
    engine.clusters.retry("demo").result(120)
    after = pids(created, "dask-worker")
    assert after["demo-workers-1"] == renewed["demo-workers-1"]
    assert after["demo-workers-3"] != renewed["demo-workers-3"]


def test_another_version_is_another_cluster(engine):
    """Nothing is touched."""
    engine.clusters.create(dask()).result(120)
    other = ClusterSpec.from_dict({**dask().to_dict(), "hadoop_version": "2025.12.0"})
    with pytest.raises(ValidationFailed) as caught:
        engine.clusters.apply(other)
    assert [(error.code, error.path) for error in caught.value.errors] == [("IMMUTABLE_FIELD", "hadoop_version")]
    assert engine.clusters.get("demo").status is ClusterStatus.ACTIVE


def test_the_command_shows_asks_and_does(serai, tmp_path):
    """A plan and nothing more; a change; nothing to do."""
    document = tmp_path / "demo.yaml"

    def write(memory, version="2026.8.0"):
        document.write_text(f"""
name: demo
plugin_name: dask
hadoop_version: "{version}"
node_groups:
  - {{name: scheduler, count: 1, node_processes: [scheduler]}}
  - name: workers
    count: 2
    node_processes: [worker]
    node_configs: {{"service:Dask": {{"Worker memory": {memory}}}}}
""")
        return str(document)

    serai("apply", write(512), "--yes", code=4)
    serai("up", write(512))
    assert "nothing to do" in serai("apply", write(512), "--yes").stdout
    shown = serai("apply", write(600), "--plan")
    assert "512 (node)" in shown.stdout
    assert "restart worker on demo-workers-2" in shown.stdout
    assert serai("apply", write(600), code=2)  # there is nobody to ask
    told = serai("apply", write(600), "--yes", "--json").document
    assert [step["title"] for step in told["plan"]["steps"]][1:] == [
        "restart worker on demo-workers-1",
        "restart worker on demo-workers-2",
    ]
    assert told["cluster"]["status"] == "Active"
    assert serai("apply", write(600), "--plan", "--json").document["plan"]["is_empty"] is True
    serai("apply", write(600, "2025.12.0"), "--yes", code=3)
