"""ZooKeeper: its servers' files, where it is reached, and what a server says of itself.

See https://zookeeper.apache.org/doc/r3.8.4/zookeeperAdmin.html.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from serai.builtin_plugins.hadoop import settings
from serai.builtin_plugins.hadoop.layout import hadoop_paths
from serai.builtin_plugins.hadoop.numbering import numbers
from serai.builtin_plugins.hadoop.processes import ZOOKEEPER_SERVER
from serai.builtin_plugins.leader_workers.answers import read_answer
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance

SERVING: Final = frozenset(("leader", "follower", "standalone"))
"""States of a server that takes part: the others follow it, or it has a leader, or it is the only one."""

_FIXED: Final = {
    "tickTime": "2000",
    "initLimit": "10",
    "syncLimit": "5",
    "autopurge.snapRetainCount": "3",
    "autopurge.purgeInterval": "24",
}
"""Milliseconds; ticks; ticks; snapshots; hours. Without the last two, snapshots are kept for ever."""


class UnreadableZooKeeper(RemoteError):
    """What answered said something that a server of ZooKeeper does not say."""

    code = "HADOOP_UNREADABLE_ZOOKEEPER"


def connection(cluster: Cluster) -> str:
    """Where clients find ZooKeeper: ``ip:port`` of each server, by commas."""
    port = cluster.value(settings.ZOOKEEPER_PORT)
    return ",".join(f"{each.internal_ip}:{port}" for each in cluster.instances_with(ZOOKEEPER_SERVER))


def zookeeper_files(instance: Instance) -> dict[str, str]:
    """The files of an instance's server, by path; none where there is no server.

    Args:
        instance: where; connected.
    """
    if not runs(instance, ZOOKEEPER_SERVER):
        return {}
    paths, number = hadoop_paths(instance), numbers(instance.node_group.cluster, ZOOKEEPER_SERVER)
    return {
        paths.zookeeper_config: "".join(f"{name}={value}\n" for name, value in _configuration(instance).items()),
        f"{paths.zookeeper_dir}/myid": f"{number[instance.instance_name]}\n",
    }


def ask_zookeeper(instance: Instance, *, timeout: float = 10.0) -> str:
    """What an instance's server takes part as: one of :data:`SERVING`, or any other word when it does not.

    Args:
        instance: whose.
        timeout: seconds.

    Raises:
        RemoteError: it does not answer, has no quorum, or (UnreadableZooKeeper) is none.
    """
    port = instance.node_group.cluster.value(settings.ZOOKEEPER_ADMIN_PORT)
    answer = instance.remote.http(f"http://{instance.internal_ip}:{port}/commands/srvr", timeout=timeout)
    return parse_zookeeper(answer, instance.instance_name)


def parse_zookeeper(answer: bytes, host: str = "") -> str:
    """Read the answer to ``srvr``; errors are those of :func:`ask_zookeeper`.

    Args:
        answer: what the server said.
        host: who said it, for the error.
    """
    document = read_answer(answer, lambda what: _unreadable(host, what))
    if document.data.get("error") is not None:
        raise RemoteError(f"ZooKeeper says: {document.field('error', str)}", host=host, code="ZOOKEEPER_NOT_SERVING")
    return document.object("server_stats").field("server_state", str)


def all_serve(instances: Iterable[Instance]) -> bool:
    """Whether each instance's server takes part; raises what :func:`ask_zookeeper` raises."""
    return all(ask_zookeeper(each) in SERVING for each in instances)


def _configuration(instance: Instance) -> Mapping[str, str]:
    cluster, address = instance.node_group.cluster, instance.internal_ip
    return {
        **_FIXED,
        "dataDir": hadoop_paths(instance).zookeeper_dir,
        "clientPort": str(cluster.value(settings.ZOOKEEPER_PORT)),
        "clientPortAddress": address,
        "admin.serverAddress": address,
        "admin.serverPort": str(cluster.value(settings.ZOOKEEPER_ADMIN_PORT)),
        **dict(_servers(cluster)),
    }


def _servers(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """In the order of their numbers: the same text everywhere."""
    addresses = {each.instance_name: each.internal_ip for each in cluster.instances_with(ZOOKEEPER_SERVER)}
    ports = f"{cluster.value(settings.ZOOKEEPER_PEER_PORT)}:{cluster.value(settings.ZOOKEEPER_ELECTION_PORT)}"
    for name, number in sorted(numbers(cluster, ZOOKEEPER_SERVER).items(), key=lambda each: each[1]):
        yield f"server.{number}", f"{addresses[name]}:{ports}"


def _unreadable(host: str, what: str) -> UnreadableZooKeeper:
    return UnreadableZooKeeper(
        f"what answered cannot be read as ZooKeeper's: {what}",
        host=host,
        hint="see whether something else listens on the port of 'ZooKeeper admin port'",
    )
