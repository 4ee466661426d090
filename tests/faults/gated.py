"""A plugin whose hooks wait at gates that tests open, and the engine process that tests stop, kill and wake.

Run as a program: ``python gated.py URL DIRECTORY LEASE [CLUSTER…]`` opens an engine that resumes by itself, creates the
clusters, and tells how each operation ended, one JSON object a line.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from serai.engine import ClusterSpec, Engine, plugin
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import SeraiError
from serai.hookspec.run import Run
from serai.hookspec.semantics import Role

PATIENCE = 120.0


class Gated:
    """Provisions clusters of nothing; configuring one waits at a gate of the process that does it.

    Args:
        directory: where gates and marks are.
        stubborn: whether a hook that waits asks nobody whether it should.
    """

    def __init__(self, directory: Path, stubborn: bool = False) -> None:
        self.directory = directory
        self.stubborn = stubborn

    @hookimpl
    def get_versions(self) -> list[str]:
        return ["1"]

    @hookimpl
    def get_configs(self) -> list[Any]:
        return []

    @hookimpl
    def get_node_processes(self) -> dict[str, list[str]]:
        return {"Gated": ["gate"]}

    @hookimpl
    def configure_cluster(self, cluster: Cluster, run: Run) -> None:
        self.mark(f"entered-{cluster.name}-{os.getpid()}")
        gates = [self.directory / f"gate-{os.getpid()}", self.directory / "gate"]
        if self.stubborn:
            while not any(gate.exists() for gate in gates):
                time.sleep(0.05)
        else:
            run.wait_until(lambda: any(gate.exists() for gate in gates), what="the gate", timeout=PATIENCE)
        for instance in cluster.instances:
            touched = self.directory / f"touched-{instance.instance_name}-{os.getpid()}"
            instance.remote.run("touch", str(touched))

    @hookimpl
    def start_cluster(self, cluster: Cluster, run: Run) -> None:
        cluster.info["Gated"] = {"started by": str(os.getpid())}

    @hookimpl
    def scale_cluster(self, cluster: Cluster, run: Run) -> None: ...

    @hookimpl
    def decommission_nodes(self, cluster: Cluster, run: Run) -> None: ...

    def mark(self, name: str) -> None:
        """Leave a mark that tests wait for."""
        (self.directory / name).touch()


def opened(url: str, directory: Path, *, stubborn: bool = False, **options: Any) -> Engine:
    """An engine with the plugin."""
    gated = plugin("gated", Role.PROVISIONING, Gated(directory, stubborn))
    return Engine.open(url, plugins=[gated], cache=directory / "cache", **options)


def spec(name: str, count: int = 1) -> ClusterSpec:
    """A cluster of the plugin's."""
    group = {"name": "all", "count": count, "node_processes": ["gate"]}
    return ClusterSpec.from_dict({"name": name, "plugin_name": "gated", "hadoop_version": "1", "node_groups": [group]})


def main(url: str, directory: str, lease: str, *clusters: str) -> None:
    """An engine process: creates clusters, goes on with those of others, and ends when its standard input does."""
    stubborn = "SERAI_STUBBORN" in os.environ
    with opened(url, Path(directory), stubborn=stubborn, lease=float(lease)) as engine:
        operations = [engine.clusters.create(spec(name)) for name in clusters]
        for operation in operations:
            threading.Thread(target=_tell, args=(operation,), daemon=True).start()
        print(json.dumps({"ready": os.getpid()}), flush=True)
        sys.stdin.read()


def _tell(operation: Any) -> None:
    try:
        operation.result()
        code = ""
    except SeraiError as error:
        code = error.code
    print(json.dumps({"cluster": operation.cluster_name, "code": code}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
