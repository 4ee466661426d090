"""The master and the workers as services of their instances."""

from typing import Final

from serai.builtin_plugins.spark.layout import spark_paths
from serai.builtin_plugins.spark.settings import MASTER, WORKER
from serai.builtin_plugins.spark.topology import master_url
from serai.builtin_plugins.spark.values import ClusterValues, cluster_values, worker_values
from serai.hookspec.objects import Instance
from serai.hookspec.services import Listening, Service

SERVICE_NAMES: Final = {MASTER: "spark-master", WORKER: "spark-worker"}
"""The service that each process is."""

_MASTER_CLASS: Final = "org.apache.spark.deploy.master.Master"
_WORKER_CLASS: Final = "org.apache.spark.deploy.worker.Worker"

_LARGE_HEAP: Final = 2048
"""MiB from which on a daemon's memory is left to the JVM's own choice of collector."""


def master_service(instance: Instance) -> Service:
    """The master of an instance's cluster; it listens on the instance's address only."""
    values, address = cluster_values(instance.node_group.cluster), instance.internal_ip
    ports = values.ports
    rest = () if ports.rest is None else (Listening(ports.rest, address),)
    argv = ("--port", str(ports.master), "--webui-port", str(ports.master_ui))
    ready = (Listening(ports.master, address), Listening(ports.master_ui, address), *rest)
    return _service(instance, SERVICE_NAMES[MASTER], _MASTER_CLASS, argv, ready, _recovery(instance, values))


def worker_service(instance: Instance) -> Service:
    """The worker of an instance; it listens on the instance's address only.

    It listens before the master knows it, so its readiness tells only that it did not fail on its own.
    """
    values, address = worker_values(instance.node_group), instance.internal_ip
    argv = (
        *("--port", str(values.port), "--webui-port", str(values.ui_port)),
        *(() if values.cores is None else ("--cores", str(values.cores))),
        *(() if values.memory is None else ("--memory", f"{values.memory}m")),
        *("--work-dir", spark_paths(instance).work),
        master_url(instance.node_group.cluster),
    )
    ready = (Listening(values.port, address), Listening(values.ui_port, address))
    return _service(instance, SERVICE_NAMES[WORKER], _WORKER_CLASS, argv, ready)


def _recovery(instance: Instance, values: ClusterValues) -> tuple[str, ...]:
    """Java's options with which a master that is restarted knows the workers and applications there were.

    https://spark.apache.org/docs/latest/spark-standalone.html#single-node-recovery-with-local-file-system
    """
    if not recovers(values):
        return ()
    return (
        "-Dspark.deploy.recoveryMode=FILESYSTEM",
        f'"-Dspark.deploy.recoveryDirectory={spark_paths(instance).recovery}"',
    )


def recovers(values: ClusterValues) -> bool:
    """Whether the master recovers from its files: unless the user wants it otherwise."""
    return not {"spark.deploy.recoveryMode", "spark.deploy.recoveryDirectory"} & values.properties.keys()


def _service(
    instance: Instance,
    name: str,
    main_class: str,
    arguments: tuple[str, ...],
    ready: tuple[Listening, ...],
    options: tuple[str, ...] = (),
) -> Service:
    values, paths = cluster_values(instance.node_group.cluster), spark_paths(instance)
    common = ("--host", instance.internal_ip, "--properties-file", paths.properties)
    return Service(
        name=name,
        argv=(paths.program("spark-class"), main_class, *common, *arguments),
        env=_environment(values, options),
        ready=ready,
        ready_timeout=values.timeouts.start,
        stop_timeout=10.0,
    )


def _environment(values: ClusterValues, options: tuple[str, ...]) -> dict[str, str]:
    """Daemons are small and their start is waited for: a simple collector, and no optimising compiler."""
    collector = ["-XX:+UseSerialGC"] if values.memory.daemon < _LARGE_HEAP else []
    return {
        "SPARK_DAEMON_MEMORY": f"{values.memory.daemon}m",
        "SPARK_DAEMON_JAVA_OPTS": " ".join([*collector, "-XX:TieredStopAtLevel=1", *options]),
    }
