"""The least and the largest numbers that Hadoop can do something with, where its default files do not say."""

from collections.abc import Mapping
from typing import Final

LEAST: Final[Mapping[str, int]] = {
    "io.file.buffer.size": 1,
    "dfs.replication": 1,
    "dfs.replication.max": 1,
    "dfs.namenode.replication.min": 1,
    "dfs.namenode.handler.count": 1,
    "dfs.datanode.handler.count": 1,
    "dfs.datanode.max.transfer.threads": 1,
    "dfs.datanode.failed.volumes.tolerated": -1,
    "yarn.scheduler.minimum-allocation-mb": 0,
    "yarn.scheduler.minimum-allocation-vcores": 0,
    "yarn.scheduler.maximum-allocation-mb": 1,
    "yarn.scheduler.maximum-allocation-vcores": 1,
    "yarn.nodemanager.resource.memory-mb": -1,
    "yarn.nodemanager.resource.cpu-vcores": -1,
    "yarn.app.mapreduce.am.resource.mb": 1,
    "mapreduce.map.memory.mb": -1,
    "mapreduce.reduce.memory.mb": -1,
    "mapreduce.job.reduces": 0,
    "mapreduce.task.io.sort.mb": 1,
}
"""With less a process ends while it starts, or serves nobody, or each job fails; -1 leaves it to Hadoop."""

LARGEST: Final[Mapping[str, int]] = {
    "dfs.replication": 32767,
    "mapreduce.task.io.sort.mb": 2047,
}
"""A short in Java, and the eleven bits that ``MapTask`` takes of a buffer's size."""
