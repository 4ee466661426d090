"""Numbers of instances that must not change: others keep them in what they remember.

ZooKeeper's servers know each other by number, and what is in ZooKeeper tells the active NameNode by its id.
"""

from collections.abc import Mapping
from itertools import count
from typing import Final

from serai.builtin_plugins.hadoop.processes import NAMENODE, ZOOKEEPER_SERVER
from serai.hookspec.objects import Cluster

_KEPT: Final = "hadoop_numbers"
_NUMBERED: Final = (NAMENODE, ZOOKEEPER_SERVER)


def numbers(cluster: Cluster, process: str) -> Mapping[str, int]:
    """The numbers of the instances with a process, from 1 on, by their names.

    Those that are remembered stay; others get the least that are free.

    Args:
        cluster: the cluster.
        process: a NameNode or a server of ZooKeeper.
    """
    names = [instance.instance_name for instance in cluster.instances_with(process)]
    remembered = cluster.extra.get(_KEPT, {}).get(process, {})
    kept = {name: remembered[name] for name in names if name in remembered}
    free = (number for number in count(1) if number not in kept.values())
    return {name: kept[name] if name in kept else next(free) for name in names}


def remember_numbers(cluster: Cluster) -> None:
    """Keep the numbers for as long as their instances are there."""
    cluster.extra[_KEPT] = {process: dict(numbers(cluster, process)) for process in _NUMBERED}
