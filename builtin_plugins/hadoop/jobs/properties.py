"""What a job sets: properties of Hadoop in files of its own, that nobody else can read, before those of the cluster."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from serai.builtin_plugins.hadoop import reserved
from serai.builtin_plugins.hadoop.jobs.applications import tag
from serai.builtin_plugins.hadoop.rendering import illegal_characters, site_xml
from serai.builtin_plugins.hadoop.sites import site_values
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobExecution, JobSpec
from serai.hookspec.job_files import job_directory, main_path
from serai.hookspec.objects import Instance, Secret
from serai.hookspec.shell_jobs import EDP_PREFIX

MAIN_CLASS: Final = "edp.java.main_class"
JAVA_OPTIONS: Final = "edp.java.java_opts"
MAPPER: Final = "edp.streaming.mapper"
REDUCER: Final = "edp.streaming.reducer"

OLD_MAPPER: Final = "mapred.mapper.class"
NEW_MAPPER: Final = "mapreduce.job.map.class"

_TAGS: Final = "mapreduce.job.tags"
_JAR: Final = "mapreduce.job.jar"
_FILES: Final = "tmpfiles"
_JARS: Final = "tmpjars"
_OWN: Final = {
    _TAGS: "Serai finds the job again by its tag",
    _JAR: "give the jar as the program",
    "mapred.jar": "give the jar as the program",
    _FILES: "give files as libs",
    _JARS: "give jars as libs",
}


def job_properties(execution: JobExecution, directory: str, shipped: Sequence[str]) -> dict[str, str]:
    """The properties of a job: those of its configs, its tag, and the files that its tasks need.

    Args:
        execution: the job.
        directory: where its files are.
        shipped: paths of those that its tasks need.
    """
    job = execution.spec
    given = {name: value for name, value in job.configs.items() if not name.startswith(EDP_PREFIX)}
    jars, files = _parted(shipped)
    own = {_TAGS: tag(execution), _JARS: _uris(jars), _FILES: _uris(files)}
    if is_declared(job):
        own[_JAR] = main_path(execution, directory)
    return {**given, **{name: value for name, value in own.items() if value}}


def is_declared(job: JobSpec) -> bool:
    """Whether a job is told by its configs alone, its mapper among them, and has no main class to make it."""
    return MAIN_CLASS not in job.configs and any(name in job.configs for name in (OLD_MAPPER, NEW_MAPPER))


def configuration_directory(execution: JobExecution, instance: Instance) -> str:
    """Where a job's configuration is: beside its directory, where its own files cannot be in its way."""
    return f"{job_directory(execution, instance)}.conf"


def configuration_files(execution: JobExecution, instance: Instance, further: Mapping[str, str]) -> dict[str, Secret]:
    """Hadoop's files as they are on an instance, each with the properties of a job.

    They are in every file, as the order in which programs read these is their own.

    Args:
        execution: the job.
        instance: where its client runs; connected.
        further: the job's properties.
    """
    directory = configuration_directory(execution, instance)
    return {
        f"{directory}/{file}-site.xml": Secret(site_xml({**site.values, **further}))
        for file, site in site_values(instance).items()
    }


def config_problems(job: JobSpec, known: tuple[str, ...]) -> Iterator[ValidationError]:
    """Configs that the cluster or Serai itself sets, that are unknown, or that no file can hold.

    Args:
        job: what is asked for.
        known: the ``edp.`` configs of its type.
    """
    for name, value in job.configs.items():
        path = f"configs.{name}"
        if name.startswith(EDP_PREFIX):
            if name not in known:
                message, hint = f"a {job.type} job has no config {name!r}", f"known: {', '.join(known) or 'none'}"
                yield ValidationError(error_message=message, path=path, code="JOB_CONFIG_UNKNOWN", hint=hint)
        elif why := _OWN.get(name) or reserved.reason(name):
            message = f"{name} is set by Serai itself"
            yield ValidationError(error_message=message, path=path, code="JOB_CONFIG_RESERVED", hint=why)
        elif illegal_characters(name + value):
            message = f"{name} has characters that XML does not allow"
            yield ValidationError(error_message=message, path=path, code="JOB_CONFIG_ILLEGAL", hint="leave them out")


def _parted(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Jars, which tasks load classes from, and files, which lie in their working directories."""
    jars = [path for path in paths if path.endswith(".jar")]
    return jars, [path for path in paths if not path.endswith(".jar")]


def _uris(paths: list[str]) -> str:
    return ",".join(f"file://{path}" for path in paths)
