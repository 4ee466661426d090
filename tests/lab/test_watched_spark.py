"""Spark on hosts over SSH, watched by a real Prometheus, with notebooks of a real JupyterLab that compute on it."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from notebook_client import Kernel

from lab.host import Host
from lab.network import Lab
from lab.secrecy import files_with, watched

TOKEN = "canary-5d20c9e4a71b38f6"  # a secret that nobody may see
SMALL_JVM = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"

DOCUMENT = f"""
name: watched
plugin_name: spark
hadoop_version: "4.3.0"
auxiliary_plugins: [prometheus, jupyter]
infrastructure: {{provider: ssh, inventory: hosts.yaml, tags: {{master: [first], workers: [other]}}}}
cluster_configs:
  "service:Spark":
    Class data sharing: false
    Driver memory: 512
    Spark defaults: |
      spark.driver.extraJavaOptions {SMALL_JVM}
      spark.executor.extraJavaOptions {SMALL_JVM}
  "service:Prometheus": {{Scrape interval: 2}}
  "service:Jupyter": {{Token: {TOKEN}}}
node_groups:
  - {{name: master, count: 1, node_processes: [master, prometheus, node_exporter, jupyter]}}
  - name: workers
    count: 1
    node_processes: [worker, node_exporter]
    node_configs: {{"service:Spark": {{"Worker memory": 1024, "Worker cores": 1}}}}
"""

SUM = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print(spark.sparkContext.master, spark.sparkContext.parallelize(range(1000), 2).sum())
hosts = spark._jsc.sc().getExecutorMemoryStatus().keySet().mkString(",")
print(sorted({host.partition(":")[0] for host in hosts.split(",")}))
"""


@pytest.fixture
def serai(lab: Lab, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """The command, with a store of its own and the lab's inventory beside the document."""
    first, *others = (host.name for host in lab.hosts)
    lab.inventory(tmp_path / "hosts.yaml", tags={first: ["first"], **{name: ["other"] for name in others}})
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "SERAI_STORE": f"sqlite:///{tmp_path}/serai.db", "PATH": path}

    def run(*arguments: str) -> Any:
        done: Any = subprocess.run(
            ["serai", *arguments], capture_output=True, text=True, timeout=500, check=False, env=environment
        )
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
        assert TOKEN not in done.stdout + done.stderr
        done.document = json.loads(done.stdout) if "--json" in arguments else None
        return done

    yield run
    for cluster in run("ls", "--json").document:
        run("down", cluster["name"], "--force")


def conditions(server: Host) -> dict[str, str]:
    """How each target is, as Prometheus itself reports it: ``10.0.0.1:9100/metrics`` to ``up``."""
    url = f"http://{server.address}:9090/api/v1/targets?state=active"
    with urllib.request.urlopen(url, timeout=30) as answer:
        told = json.loads(answer.read())
    return {each["scrapeUrl"].removeprefix("http://"): each["health"] for each in told["data"]["activeTargets"]}


def expected(master: Host, *workers: Host) -> dict[str, str]:
    """All that is to be up: each machine, Prometheus, and what Spark tells of its own."""
    return dict.fromkeys(
        (
            f"{master.address}:9090/metrics",
            f"{master.address}:8080/metrics/master/prometheus",
            f"{master.address}:8080/metrics/applications/prometheus",
            *(f"{host.address}:9100/metrics" for host in (master, *workers)),
            *(f"{worker.address}:8081/metrics/prometheus" for worker in workers),
        ),
        "up",
    )


def workers_of(lab: Lab, shown: dict[str, Any]) -> list[Host]:
    """The hosts of a cluster's workers."""
    (group,) = [each for each in shown["node_groups"] if each["name"] == "workers"]
    addresses = {instance["internal_ip"] for instance in group["instances"]}
    return [host for host in lab.hosts if host.address in addresses]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_watched_cluster_computes_what_notebooks_ask(lab: Lab, serai: Callable[..., Any], tmp_path: Path) -> None:
    """Every target up by Prometheus's own word, also those that scaling adds; a kernel sums on the workers."""
    document = tmp_path / "cluster.yaml"
    document.write_text(DOCUMENT)
    document.chmod(0o600)
    master = lab.hosts[0]
    with watched(TOKEN) as seen:
        serai("up", str(document))
        (worker,) = workers_of(lab, serai("show", "watched", "--json").document)
        assert conditions(master) == expected(master, worker)
        with Kernel(f"http://{master.address}:8888", TOKEN) as kernel:
            computed, where = kernel.run(SUM, timeout=240).splitlines()
        assert computed == f"spark://{master.address}:7077 499500"
        assert where == str(sorted((master.address, worker.address)))
        serai("scale", "watched", "workers=2")
        both = workers_of(lab, serai("show", "watched", "--json").document)
        assert len(both) == 2
        assert conditions(master) == expected(master, *both)
        serai("scale", "watched", "workers=1")
        stays = workers_of(lab, serai("show", "watched", "--json").document)
        assert conditions(master) == expected(master, *stays)
        health = serai("health", "watched", "--json").document
        assert health["color"] == "green", health
        found = files_with(TOKEN, master)
        assert all(line.startswith("600 ") and "/log/" not in line for line in found), found
        serai("down", "watched")
    assert seen == []
    assert all(TOKEN.encode() not in path.read_bytes() for path in tmp_path.glob("serai.db*"))
