"""What other numbers of instances change on a Hadoop cluster that runs, without a restart."""

import json
from typing import Any

from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, NodeGroup
from serai.hookspec.remote import CompletedCommand
from serai.hookspec.testing.fleet import Asked, FleetHost, said
from serai.hookspec.testing.fleet.faults import UNREACHABLE

MASTER, WORKER = ["namenode", "resourcemanager"], ["datanode", "nodemanager"]
NODEMANAGER = "yarn.nodemanager.resource.memory-mb"


class Yarn:
    """What NodeManagers hand out, by address, to the ResourceManager's knowledge; it can be told otherwise."""

    def __init__(self, masters: Any, memory: int) -> None:
        self.memory = memory
        self.told: dict[str, int] = {}
        self.limits_read = 0
        self._masters = masters
        masters.stage.fleet.answer(lambda asked: asked.argv[1:] and asked.argv[1].endswith("/nodes"), self._nodes)
        masters.stage.fleet.answer(lambda asked: "/resource?" in "".join(asked.argv), self._resource)
        masters.stage.fleet.answer(lambda asked: "-refreshQueues" in asked.argv, self._limits)

    def _nodes(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        listed = json.loads(self._masters._nodes(host, asked).stdout)["nodes"]["node"]
        for each in listed:
            memory = self.told.get(each["id"], self.memory)
            each |= {"usedMemoryMB": memory + 100, "availMemoryMB": -100}
            each |= {"usedVirtualCores": 1, "availableVirtualCores": 3}
        return said(json.dumps({"nodes": {"node": listed}}))

    def _resource(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        wish = json.loads(asked.stdin)
        assert wish["resource"]["vCores"] == 4
        self.told[asked.argv[1].split("/nodes/")[1].split("/")[0]] = wish["resource"]["memory"]
        return said()

    def _limits(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        self.limits_read += 1
        return said()


def made(masters: Any, workers: int) -> Cluster:
    """A cluster that runs, all of it on one machine."""
    facts = Facts(machine_id="m", cpus=4, memory_mb=24000)
    groups = [NodeGroup("master", 1, MASTER, facts=facts), NodeGroup("workers", workers, WORKER, facts=facts)]
    cluster: Cluster = masters.stage.cluster(Cluster("demo", "hadoop", VERSIONS[0], groups))
    masters.stage.create(cluster)
    return cluster


def written(masters: Any, host: str, name: str) -> str:
    """The value of a property in a host's files."""
    files = masters.stage.fleet.host(host).files.items()
    content = b"".join(file.content for path, file in files if path.endswith("-site.xml")).decode()
    return content.partition(f"<name>{name}</name>")[2].partition("<value>")[2].partition("<")[0]


def handed_out(cluster: Cluster) -> int:
    """What each NodeManager is to hand out by now."""
    memory: int = cluster.recommended_values("workers")["service:YARN"][NODEMANAGER]
    return memory


def test_clients_make_as_many_copies_as_are_recommended_by_now(masters: Any) -> None:
    """Where HDFS was made with one DataNode, and by nodes that were there before."""
    cluster = made(masters, 1)
    assert written(masters, "demo-master-1", "dfs.replication") == "1"
    masters.stage.scale(cluster, {"workers": 3})
    for host in ("demo-master-1", "demo-workers-1", "demo-workers-3"):
        assert written(masters, host, "dfs.replication") == "3"


def test_those_that_stay_hand_out_what_the_others_leave(masters: Any) -> None:
    """Jobs ask for larger containers, too, then: else YARN would refuse them all."""
    cluster = made(masters, 5)
    yarn = Yarn(masters, handed_out(cluster))
    masters.stage.scale(cluster, {"workers": 3})
    assert handed_out(cluster) > yarn.memory
    assert yarn.told == {f"{each.internal_ip}:8041": handed_out(cluster) for each in cluster.instances[1:]}
    assert yarn.limits_read == 1
    assert written(masters, "demo-master-1", "yarn.scheduler.maximum-allocation-mb") == str(handed_out(cluster))


def test_nothing_that_runs_is_given_less(masters: Any) -> None:
    """A job may have asked for a container of that size."""
    cluster = made(masters, 3)
    yarn = Yarn(masters, handed_out(cluster))
    masters.stage.scale(cluster, {"workers": 5})
    assert handed_out(cluster) < yarn.memory
    assert (yarn.told, yarn.limits_read) == ({}, 0)


def test_a_node_that_stays_and_does_not_answer_holds_up_nobody_who_leaves(masters: Any) -> None:
    """Health tells of it."""
    cluster = made(masters, 5)
    journal = masters.stage.fleet.journal
    journal.plan(UNREACHABLE, when=lambda host, call: host == "demo-workers-1" and call.kind == "put", times=9)
    masters.stage.scale(cluster, {"workers": 4})
    assert len(cluster.node_group("workers").instances) == 4
