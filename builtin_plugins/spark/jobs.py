"""Jobs of a Spark cluster: drivers, and programs of the user's own, beside the master."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, ClassVar, Final

from serai.builtin_plugins.spark.configuration import properties_file
from serai.builtin_plugins.spark.layout import spark_paths
from serai.builtin_plugins.spark.reserved import FOR_JOBS
from serai.builtin_plugins.spark.settings import MASTER
from serai.builtin_plugins.spark.topology import master_instance, master_url
from serai.builtin_plugins.spark.values import cluster_values
from serai.builtin_plugins.spark.versions import RELEASES
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobExecution, JobSpec, JobStatus, JobType
from serai.hookspec.job_files import job_directory, lib_paths, main_path
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.process_jobs import ProcessJobEngine
from serai.hookspec.shell_jobs import ShellJobEngine

MAIN_CLASS: Final = "edp.java.main_class"
DRIVER_CLASS_PATH: Final = "edp.spark.driver.classpath"

_PROPERTY: Final = "spark."
_PYTHON_LIBS: Final = (".py", ".zip", ".egg")

_HINTS: Final = (
    (MAIN_CLASS, "", "Class whose main method is run, of a main that is a jar; without it what the jar itself names."),
    (DRIVER_CLASS_PATH, "", "What comes first on the driver's class path."),
    ("spark.executor.memory", "", "Heap of each executor, such as 2g; no more than a worker has."),
    ("spark.executor.cores", "", "Tasks an executor runs at a time; without it one executor takes all of a worker."),
    ("spark.cores.max", "", "Tasks the whole job runs at a time; without it all the cluster can."),
    ("spark.driver.memory", "", "Heap of the driver, such as 2g."),
    ("spark.sql.shuffle.partitions", "200", "Into how many parts joins and aggregations of tables divide their data."),
)


class SparkJobEngine(ProcessJobEngine):
    """Runs Spark jobs with spark-submit; the driver runs on the master's instance.

    ``main`` is a Python program or a jar. Python libs are importable, jars on the class paths of driver and executors;
    any other lib is in the working directory of all of them. Configs are Spark's properties, and reach it in a file
    that nobody else can read.

    Args:
        cluster: the cluster, its instances connected.
    """

    job_types: ClassVar[tuple[JobType, ...]] = (JobType.SPARK,)

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster, MASTER)

    def run_job(self, execution: JobExecution) -> tuple[str, JobStatus | None, dict[str, Any] | None]:
        """Write the job's properties, then submit it; see :meth:`ProcessJobEngine.run_job`."""
        instance = master_instance(self.cluster)
        further = job_properties(execution.spec)
        values = cluster_values(self.cluster)
        content = properties_file(values, master_url(self.cluster), instance.internal_ip, further)
        instance.remote.put({_properties_path(execution, instance): content})
        return super().run_job(execution)

    def command(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """The command line; see :func:`submit_command`."""
        submit = spark_paths(instance).program("spark-submit")
        return submit_command(submit, _properties_path(execution, instance), execution, directory)

    def problems(self, cluster: Cluster, job: JobSpec) -> Iterable[ValidationError]:
        """Those of every job, and what Spark could not run or would not heed."""
        yield from super().problems(cluster, job)
        yield from job_problems(job)
        yield from _python_problems(cluster, job)

    @staticmethod
    def get_possible_job_config(job_type: str) -> dict[str, Any]:
        """Hints for Spark jobs: the configs most often set; any property of Spark may be."""
        configs = [{"name": name, "value": value, "description": description} for name, value, description in _HINTS]
        return {"job_config": {"configs": configs, "params": {}, "args": []}}


class SparkShellEngine(ShellJobEngine):
    """Runs Shell jobs on the master's instance, which find Spark in their environment.

    SPARK_MASTER_URL is where the cluster is, SPARK_BIN the directory of a spark-submit that needs no telling.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster, MASTER)

    def environment(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, str]:
        """Spark's variables below the user's own."""
        paths = spark_paths(instance)
        own = {
            "SPARK_MASTER_URL": master_url(self.cluster),
            "SPARK_BIN": str(PurePosixPath(paths.program("spark-submit")).parent),
            "JAVA_HOME": paths.java_home,
        }
        return {**own, **execution.spec.params}


ENGINES: Final[tuple[type[SparkJobEngine] | type[SparkShellEngine], ...]] = (SparkJobEngine, SparkShellEngine)


def engine_for(cluster: Cluster, job_type: str) -> SparkJobEngine | SparkShellEngine | None:
    """The engine for a type of jobs, or None."""
    return next((engine(cluster) for engine in ENGINES if job_type in engine.job_types), None)


def job_properties(job: JobSpec) -> dict[str, str]:
    """The properties a job sets."""
    properties = {name: value for name, value in job.configs.items() if name.startswith(_PROPERTY)}
    if path := job.configs.get(DRIVER_CLASS_PATH):
        properties["spark.driver.extraClassPath"] = path
    return properties


def submit_command(submit: str, properties: str, execution: JobExecution, directory: str) -> tuple[str, ...]:
    """The command line of a Spark job.

    Args:
        submit: path of spark-submit.
        properties: path of the file with all properties.
        execution: the job.
        directory: where its files are.
    """
    job, main = execution.spec, main_path(execution, directory)
    main_class = job.configs.get(MAIN_CLASS)
    return (
        submit,
        *("--properties-file", properties),
        *("--name", f"{PurePosixPath(main).name} {execution.id}"),
        *(("--class", main_class) if main_class else ()),
        *_lib_options(lib_paths(execution, directory), python=main.endswith(".py")),
        main,
        *job.args,
    )


def _lib_options(libs: Sequence[str], *, python: bool) -> Iterator[str]:
    """How each lib is handed to Spark, by what it is."""
    kinds: dict[str, list[str]] = {}
    for lib in libs:
        suffix = PurePosixPath(lib).suffix
        option = "--jars" if suffix == ".jar" else "--py-files" if python and suffix in _PYTHON_LIBS else "--files"
        kinds.setdefault(option, []).append(lib)
    for option, paths in kinds.items():
        yield from (option, ",".join(paths))


def job_problems(job: JobSpec, reserved: Mapping[str, str] = FOR_JOBS) -> Iterator[ValidationError]:
    """What Spark could not run, or would not heed.

    Args:
        job: what is asked for.
        reserved: the properties that a job may not set, and why.
    """
    main = PurePosixPath(job.main)
    if job.main and main.suffix not in (".py", ".jar"):
        yield _problem("main", "JOB_MAIN_UNSUPPORTED", f"{main.name} is neither a .py nor a .jar", "give one of these")
    for index, lib in enumerate(job.libs):
        if "," in PurePosixPath(lib).name:
            yield _problem(
                f"libs[{index}]", "JOB_FILE_NAME", f"{lib} has a comma in its name, which parts names", "rename it"
            )
    for name in job.configs:
        if name in reserved:
            message = f"{name} is set by Serai itself"
            yield _problem(f"configs.{name}", "JOB_CONFIG_RESERVED", message, reserved[name])
        elif not name.startswith(_PROPERTY) and name not in (MAIN_CLASS, DRIVER_CLASS_PATH):
            hint = f"properties of Spark begin with {_PROPERTY!r}; there are also {MAIN_CLASS} and {DRIVER_CLASS_PATH}"
            yield _problem(f"configs.{name}", "JOB_CONFIG_UNKNOWN", f"a {job.type} job has no config {name!r}", hint)


def _python_problems(cluster: Cluster, job: JobSpec) -> Iterator[ValidationError]:
    if not job.main.endswith(".py"):
        return
    instance, oldest = master_instance(cluster), RELEASES[cluster.hadoop_version].python
    facts = instance.remote.facts
    if python_release(facts.python_version) < oldest:
        found = f"has Python {facts.python_version}" if facts.python else "has no Python"
        message = (
            f"Spark {cluster.hadoop_version} needs Python {oldest[0]}.{oldest[1]}; {instance.instance_name} {found}"
        )
        yield _problem("main", "JOB_PYTHON_TOO_OLD", message, "put a newer python3 first on the machines' PATH")


def python_release(version: str) -> tuple[int, int]:
    """(3, 11) of ``3.11.7``; (0, 0) of what is no version."""
    parts = version.split(".")[:2]
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(map(str.isdecimal, parts)) else (0, 0)


def _problem(path: str, code: str, message: str, hint: str) -> ValidationError:
    return ValidationError(error_message=message, path=path, code=code, hint=hint)


def _properties_path(execution: JobExecution, instance: Instance) -> str:
    """Beside the job's directory, where the job's own files cannot be in its way."""
    return f"{job_directory(execution, instance)}.properties"
