"""The quickstart's cluster, driven by the command as an operator does: real Spark, real jobs, nothing left."""

import json
import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
STEADY = """
import time
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("steady").getOrCreate()

def slow(n):
    time.sleep(0.5)
    return n

print("sum", spark.sparkContext.parallelize(range(60), 60).map(slow).sum(), spark.sparkContext.applicationId)
spark.stop()
"""


def addresses(cluster: dict, group: str) -> list[str]:
    """Addresses of a node group's instances."""
    (found,) = [g for g in cluster["node_groups"] if g["name"] == group]
    return [instance["internal_ip"] for instance in found["instances"]]


def spark(master: str) -> dict:
    """What the master itself says."""
    with urllib.request.urlopen(f"http://{master}:8080/json/", timeout=10) as answer:
        return json.load(answer)


def alive(master: str) -> list[str]:
    """Addresses of the workers that the master calls alive."""
    return sorted(worker["host"] for worker in spark(master)["workers"] if worker["state"] == "ALIVE")


def processes_of(instance_id: str) -> list[int]:
    """The processes that carry an instance's mark and are its Spark worker."""
    found = []
    for directory in Path("/proc").iterdir():
        if directory.name.isdecimal():
            try:
                marked = instance_id.encode() in (directory / "environ").read_bytes()
                command = (directory / "cmdline").read_bytes()
            except OSError:
                continue
            if marked and b"deploy.worker.Worker" in command and b"java" in command.split(b"\0")[0]:
                found.append(int(directory.name))
    return found


@pytest.mark.timeout(600)
def test_the_life_of_the_quickstart_cluster(serai, left, tmp_path):
    """Up, look, compute, grow under a running job, drain, break, down."""

    def shown():
        return serai("show", "quickstart", "--json").document

    serai("up", str(EXAMPLES / "quickstart.yaml"))
    cluster = shown()
    assert cluster["hadoop_version"] == "4.3.0"
    assert {"plugin_name", "cluster_configs", "anti_affinity", "info"} <= set(cluster)
    (master,) = addresses(cluster, "master")
    assert alive(master) == sorted(addresses(cluster, "workers"))
    assert len(alive(master)) == 2
    serai("health", "quickstart")

    text = str(EXAMPLES / "text" / "opticks.txt")
    program = str(EXAMPLES / "spark_wordcount.py")
    counted = serai("job", "run", "quickstart", "--type", "Spark", "--lib", text, program, "opticks.txt")
    assert "   9825 the" in counted.stdout

    steady = tmp_path / "steady.py"
    steady.write_text(STEADY)
    job = serai("job", "run", "--json", "quickstart", "--type", "Spark", "--detach", str(steady)).document["id"]
    serai("scale", "quickstart", "workers=3")
    cluster = shown()
    assert alive(master) == sorted(addresses(cluster, "workers"))
    assert len(alive(master)) == 3

    serai("scale", "quickstart", "workers=1")
    cluster = shown()
    assert alive(master) == addresses(cluster, "workers")
    deadline = time.monotonic() + 120
    while (seen := serai("job", "show", job, "--json").document)["status"] in ("PENDING", "RUNNING"):
        assert time.monotonic() < deadline, seen
    assert seen["status"] == "SUCCEEDED", serai("job", "logs", job).stdout
    assert f"sum {sum(range(60))} " in serai("job", "logs", job).stdout
    completed = spark(master)["completedapps"]
    assert [app["state"] for app in completed if app["name"] == "steady"] == ["FINISHED"]

    (worker,) = next(group for group in cluster["node_groups"] if group["name"] == "workers")["instances"]
    victims = processes_of(worker["instance_id"])
    assert victims
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    assert worker["instance_name"] in serai("health", "quickstart", code=7).stdout

    serai("down", "quickstart")
    assert left() == []
    serai("show", "quickstart", code=4)


TEN_MISTAKES = """
name: 9lives
plugin_name: spark
hadoop_version: "4.3.0"
infrastructure: {provider: local, colour: blue}
anti_affinity: [slave]
nodegroups: []
node_groups:
  - {name: master, count: 2, node_processes: [master]}
  - name: workers
    count: "2"
    node_processes: [worker, wroker]
    node_configs: {"service:Spark": {"Worker memry": 512, "Worker cores": many, "Master port": 7000}}
  - {name: workers, count: -1, node_processes: [worker]}
"""


def test_ten_mistakes_are_ten_errors_and_nothing_is_made(serai, state, left):
    """Everything in one run, each with place and code, and not even a record of the cluster."""
    path = state / "ten.yaml"
    path.write_text(TEN_MISTAKES)
    told = serai("up", str(path), "--json", code=3).document["error"]["errors"]
    places = {(error["path"], error["code"]) for error in told}
    spark_configs = 'node_groups[1].node_configs["service:Spark"]'
    assert places >= {
        ("name", "INVALID_NAME"),
        ("nodegroups", "UNKNOWN_KEY"),
        ("infrastructure.colour", "UNKNOWN_OPTION"),
        ("anti_affinity[0]", "UNKNOWN_PROCESS"),
        ("node_groups[1].count", "WRONG_TYPE"),
        ("node_groups[1].node_processes[1]", "UNKNOWN_PROCESS"),
        (f'{spark_configs}["Worker memry"]', "UNKNOWN_CONFIG"),
        (f'{spark_configs}["Worker cores"]', "INVALID_CONFIG_VALUE"),
        (f'{spark_configs}["Master port"]', "WRONG_SCOPE"),
        ("node_groups[2].name", "DUPLICATE_NODE_GROUP"),
        ("node_groups[2].count", "OUT_OF_RANGE"),
    }
    assert any(error["code"] == "NOT_SINGLE_MASTER" for error in told)
    assert len(told) == 12
    assert all(error["message"] for error in told)
    assert serai("ls", "--json").document == []
    assert left() == []
