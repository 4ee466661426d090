"""The configs that jobs most often set, by type."""

from collections.abc import Mapping
from typing import Any, Final

from serai.builtin_plugins.hadoop.jobs.properties import (
    JAVA_OPTIONS,
    MAIN_CLASS,
    MAPPER,
    NEW_MAPPER,
    OLD_MAPPER,
    REDUCER,
)
from serai.hookspec.edp import JobType

Hint = tuple[str, str, str]
"""Name, usual value, description."""

_CLIENT: Final = (
    (JAVA_OPTIONS, "", "Options of the client's Java, such as -Xmx1g; tasks have mapreduce.map.java.opts."),
)
_TASKS: Final = (
    ("mapreduce.job.queuename", "default", "The queue of YARN that the job waits in."),
    ("mapreduce.job.reduces", "1", "Reduce tasks, and with them files of output."),
    ("mapreduce.map.memory.mb", "", "Memory of each map task's container, in MiB."),
    ("mapreduce.reduce.memory.mb", "", "Memory of each reduce task's container, in MiB."),
)
_PROGRAM: Final = ((MAIN_CLASS, "", "Class whose main method is run; without it what the jar itself names."),)
_DECLARED: Final = (
    (NEW_MAPPER, "", "Mapper of a job without a program: a class of org.apache.hadoop.mapreduce."),
    ("mapreduce.job.reduce.class", "", "Its reducer."),
    (OLD_MAPPER, "", "The same as a class of org.apache.hadoop.mapred; its reducer is mapred.reducer.class."),
    ("mapreduce.input.fileinputformat.inputdir", "", "Where it reads, separated by commas."),
    ("mapreduce.output.fileoutputformat.outputdir", "", "Where it writes: a directory that does not exist yet."),
)
_STREAMED: Final = (
    (REDUCER, "", "The reducer: the name of a lib, or the command of a program that is on the machines."),
    (MAPPER, "", "The same for the mapper, of a job without a program."),
)

_SPARK: Final = (
    (MAIN_CLASS, "", "Class whose main method is run, of a main that is a jar."),
    ("spark.executor.memory", "", "Heap of each executor, such as 512m; its container has 384 MiB more."),
    ("spark.executor.instances", "2", "How many executors the job has."),
    ("spark.executor.cores", "1", "Tasks an executor runs at a time."),
    ("spark.yarn.am.memory", "512m", "Heap of the application's master; its container has 384 MiB more."),
    ("spark.yarn.queue", "default", "The queue of YARN that the job waits in."),
)

_HINTS: Final[Mapping[str, tuple[Hint, ...]]] = {
    JobType.MAPREDUCE: (*_PROGRAM, *_DECLARED, *_TASKS, *_CLIENT),
    JobType.JAVA: (*_PROGRAM, *_TASKS, *_CLIENT),
    JobType.MAPREDUCE_STREAMING: (*_STREAMED, *_TASKS, *_CLIENT),
    JobType.SPARK: _SPARK,
}


def hints(job_type: str) -> dict[str, Any]:
    """Hints for a type of jobs, as of :meth:`~serai.hookspec.edp.JobEngine.get_possible_job_config`."""
    configs = [
        {"name": name, "value": value, "description": description}
        for name, value, description in _HINTS.get(job_type, ())
    ]
    return {"job_config": {"configs": configs, "params": {}, "args": []}}
