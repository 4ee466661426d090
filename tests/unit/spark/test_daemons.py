"""Master and workers as services."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serai.builtin_plugins.spark.daemons import master_service, worker_service
from serai.builtin_plugins.spark.settings import TARGET
from serai.engine.remote.pool import connect
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.remote import LocalEndpoint
from serai.hookspec.services import Listening

Connected = Callable[[Instance], Instance]


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Connected]:
    """Connects an instance to this machine."""
    remotes = []

    def open_one(instance: Instance) -> Instance:
        remotes.append(connect(LocalEndpoint(instance.instance_name, str(tmp_path))))
        instance.bind(remotes[-1])
        return instance

    yield open_one
    for remote in remotes:
        remote.close()


def test_the_master(cluster: Callable[..., Cluster], connected: Connected, tmp_path: Path) -> None:
    """Its address, its ports; ready when it listens on them."""
    instance = connected(cluster({"Master port": 17077, "REST server": True}).instances[0])
    service = master_service(instance)
    assert service.argv == (
        f"{tmp_path}/dist/spark/bin/spark-class",
        "org.apache.spark.deploy.master.Master",
        *("--host", "10.0.1.1", "--properties-file", f"{tmp_path}/conf/spark/spark-defaults.conf"),
        *("--port", "17077", "--webui-port", "8080"),
    )
    assert service.ready == tuple(Listening(port, "10.0.1.1") for port in (17077, 8080, 6066))


def test_a_worker(cluster: Callable[..., Cluster], connected: Connected, tmp_path: Path) -> None:
    """Its group's sizes, its work directory, its master."""
    made = cluster({"Worker memory": 900, "Start timeout": 7})
    made.node_group("workers").node_configs[TARGET] = {"Worker memory": 1100, "Worker cores": 3}
    service = worker_service(connected(made.instances[1]))
    assert service.argv[-8:] == (
        *("8081", "--cores", "3", "--memory", "1100m"),
        *("--work-dir", f"{tmp_path}/data/spark/work"),
        "spark://10.0.1.1:7077",
    )
    assert service.ready_timeout == 7


def test_a_worker_without_sizes_takes_sparks_own(cluster: Callable[..., Cluster], connected: Connected) -> None:
    """No option rather than a guess."""
    argv = worker_service(connected(cluster().instances[1])).argv
    assert "--memory" not in argv
    assert "--cores" not in argv


@pytest.mark.parametrize(
    ("memory", "options"),
    [(128, "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"), (2048, "-XX:TieredStopAtLevel=1")],
)
def test_daemons_are_small(cluster: Callable[..., Cluster], connected: Connected, memory: int, options: str) -> None:
    """A simple collector, unless the heap is large."""
    env = worker_service(connected(cluster({"Daemon memory": memory}).instances[1])).env
    assert env == {"SPARK_DAEMON_MEMORY": f"{memory}m", "SPARK_DAEMON_JAVA_OPTS": options}


def test_a_master_knows_who_was_there_before_it_restarted(
    cluster: Callable[..., Cluster], connected: Connected
) -> None:
    """It keeps that beside other data; a user who wants it otherwise is heeded."""
    instance = connected(cluster().instances[0])
    options = master_service(instance).env["SPARK_DAEMON_JAVA_OPTS"]
    directory = f"{instance.storage_paths[0]}/spark-recovery"
    assert options.endswith(f'-Dspark.deploy.recoveryMode=FILESYSTEM "-Dspark.deploy.recoveryDirectory={directory}"')
    given = cluster({"Spark defaults": "spark.deploy.recoveryMode NONE"})
    assert "recovery" not in master_service(connected(given.instances[0])).env["SPARK_DAEMON_JAVA_OPTS"]


def test_no_service_has_a_secret(cluster: Callable[..., Cluster], connected: Connected) -> None:
    """Everyone on the machine can see a process's arguments."""
    made = cluster({"Authentication secret": "sesame", "Secret Spark defaults": "spark.x sesame"})
    services = [master_service(connected(made.instances[0])), worker_service(connected(made.instances[1]))]
    assert "sesame" not in repr(services)
