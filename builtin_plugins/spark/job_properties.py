"""Which of Spark's properties matter to jobs alone, so that master and workers need not be restarted for them."""

from collections.abc import Iterable
from typing import Final

from serai.builtin_plugins.spark.properties import parsed

_OF_JOBS: Final = tuple(
    f"spark.{name}"
    for name in (
        "app.",
        "archives",
        "barrier.",
        "broadcast.",
        "checkpoint.",
        "cleaner.",
        "connect.",
        "cores.max",
        "default.parallelism",
        "driver.",
        "dynamicAllocation.",
        "eventLog.",
        "excludeOnFailure.",
        "executor.",
        "executorEnv.",
        "extraListeners",
        "files",
        "hadoop.",
        "io.",
        "jars",
        "job.",
        "kryo",
        "locality.",
        "log.level",
        "memory.",
        "ml.",
        "plugins",
        "pyspark.",
        "python.",
        "r.",
        "rdd.",
        "reducer.",
        "repl.",
        "scheduler.",
        "serializer",
        "shuffle.",
        "speculation",
        "sql.",
        "stage.",
        "storage.",
        "streaming.",
        "submit.",
        "task.",
        "unsafe.",
    )
)
"""How the properties begin that drivers and executors heed, and daemons do not."""

_OF_WORKERS_TOO: Final = (
    "spark.executor.logs.",
    "spark.shuffle.service.",
    "spark.storage.cleanupFilesAfterExecutorExit",
)
"""Exceptions: workers look after the executors' logs and files, and serve their shuffle data."""


def is_for_jobs(key: str) -> bool:
    """Whether a property matters to jobs alone. What is not known to is taken for one that daemons heed."""
    return key.startswith(_OF_JOBS) and not key.startswith(_OF_WORKERS_TOO)


def changed_keys(old: str, new: str) -> frozenset[str]:
    """The keys of the properties that differ between two texts.

    Args:
        old, new: in the format of spark-defaults.conf.
    """
    before, after = parsed(old).values, parsed(new).values
    return frozenset(key for key in {*before, *after} if before.get(key) != after.get(key))


def are_for_jobs(keys: Iterable[str]) -> bool:
    """Whether all of some properties matter to jobs alone."""
    return all(map(is_for_jobs, keys))
