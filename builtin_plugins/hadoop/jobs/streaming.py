"""Jobs of MapReduce.Streaming: mapper and reducer are programs that read lines and write lines.

See https://hadoop.apache.org/docs/stable/hadoop-streaming/HadoopStreaming.html.
"""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any, ClassVar, Final

from serai.builtin_plugins.hadoop.jobs.client import JavaClientEngine, name_problems
from serai.builtin_plugins.hadoop.jobs.hints import hints
from serai.builtin_plugins.hadoop.jobs.properties import JAVA_OPTIONS, MAPPER, REDUCER
from serai.builtin_plugins.hadoop.jobs.tools import streaming_jars
from serai.hookspec.configs import ValidationError
from serai.hookspec.edp import JobExecution, JobSpec, JobType
from serai.hookspec.job_files import main_path
from serai.hookspec.objects import Cluster, Instance

_STREAMING: Final = "org.apache.hadoop.streaming.HadoopStreaming"


class StreamingEngine(JavaClientEngine):
    """Runs ``main`` as the mapper of a job; ``edp.streaming.reducer`` is its reducer.

    Without ``main``, ``edp.streaming.mapper`` is the mapper: the command of a program that is on the machines. All libs
    lie in the working directories of the tasks. Arguments are those of Hadoop Streaming: ``-input``, ``-output``…
    """

    job_types: ClassVar[tuple[JobType, ...]] = (JobType.MAPREDUCE_STREAMING,)
    main_required: ClassVar[bool] = False
    edp_configs: ClassVar[tuple[str, ...]] = (MAPPER, REDUCER, JAVA_OPTIONS)

    def main(self, execution: JobExecution, directory: str) -> Sequence[str]:
        """Hadoop Streaming; see :func:`streaming_line`."""
        return streaming_line(execution.spec)

    def class_path(self, execution: JobExecution, instance: Instance, directory: str) -> Sequence[str]:
        """Where Hadoop Streaming is."""
        return [streaming_jars(instance)]

    def shipped(self, execution: JobExecution, directory: str) -> Sequence[str]:
        """The mapper, and all libs."""
        own = [main_path(execution, directory)] if execution.spec.main else []
        return [*own, *super().shipped(execution, directory)]

    def is_one_application(self, job: JobSpec) -> bool:
        """Always."""
        return True

    def problems(self, cluster: Cluster, job: JobSpec) -> Iterable[ValidationError]:
        """Those of every job on YARN, and what cannot be streamed."""
        yield from super().problems(cluster, job)
        yield from streaming_problems(job)

    @staticmethod
    def get_possible_job_config(job_type: str) -> dict[str, Any]:
        """The configs most often set; any property of Hadoop may be."""
        return hints(job_type)


def streaming_line(job: JobSpec) -> tuple[str, ...]:
    """The class that runs a streaming job, and its arguments."""
    mapper = job.configs.get(MAPPER) or program_command(PurePosixPath(job.main).name)
    reducer = job.configs.get(REDUCER, "")
    return (
        _STREAMING,
        *("-mapper", mapper),
        *(("-reducer", _reducer_command(job, reducer)) if reducer else ()),
        *job.args,
    )


def program_command(name: str) -> str:
    """The command that runs a program in a task's working directory."""
    return f"python3 {name}" if name.endswith(".py") else f"./{name}"


def streaming_problems(job: JobSpec) -> Iterable[ValidationError]:
    """What cannot be streamed."""
    if not job.main and not job.configs.get(MAPPER):
        hint = f"give the mapper as the program, or its command as {MAPPER}"
        yield _problem("main", "JOB_MAIN_MISSING", "there is no mapper", hint)
    yield from name_problems({"main": job.main})
    for option in ("-input", "-output"):
        if option not in job.args:
            hint = f"among the arguments: {option} and a path in HDFS"
            yield _problem("args", "JOB_ARGUMENT_MISSING", f"a {job.type} job needs {option}", hint)


def _reducer_command(job: JobSpec, reducer: str) -> str:
    """A reducer that is the name of a lib is run as one."""
    return program_command(reducer) if reducer in {PurePosixPath(lib).name for lib in job.libs} else reducer


def _problem(path: str, code: str, message: str, hint: str) -> ValidationError:
    return ValidationError(error_message=message, path=path, code=code, hint=hint)
