"""A Spark cluster on this machine, driven through the plugin's hooks alone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from plugin_bed import Bed, bed_of

from serai.builtin_plugins.spark.plugin import SPARK
from serai.builtin_plugins.spark.settings import CONFIGS, TARGET
from serai.hookspec.edp import JobType
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup

SMALL_JVM = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
QUICK = f"spark.executor.extraJavaOptions {SMALL_JVM}\nspark.driver.extraJavaOptions {SMALL_JVM}"
"""Short jobs on few processors are over before an optimising compiler pays."""

SMALL = {
    "Worker memory": 1024,
    "Worker cores": 1,
    "Executor memory": 512,
    "Driver memory": 512,
    "Daemon memory": 128,
    "Spark defaults": QUICK,
}


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Callable[..., Bed]]:
    """Makes a cluster of small JVMs, and ends it whatever happens."""
    with ExitStack() as at_end:

        def make(version: str = "4.3.0", **configs: object) -> Bed:
            groups = [NodeGroup("master", 1, ["master"]), NodeGroup("workers", 2, ["worker"])]
            for group in groups:
                group.facts = Facts(machine_id="this", cpus=8, memory_mb=16000)
            cluster = Cluster("demo", "spark", version, groups, cluster_configs={TARGET: SMALL | configs})
            cluster.bind_configs(CONFIGS)
            return at_end.enter_context(bed_of(SPARK, JobType.SPARK, cluster, tmp_path))

        yield make
