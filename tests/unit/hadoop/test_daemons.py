"""Hadoop's processes as services."""

from collections.abc import Callable
from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop.class_path import container_class_path
from serai.builtin_plugins.hadoop.daemons import DAEMONS, daemon_service, hadoop_command, start_together
from serai.builtin_plugins.hadoop.processes import PROCESSES
from serai.hookspec.errors import ServiceFailed
from serai.hookspec.objects import Cluster
from serai.hookspec.services import Listening, Service

Placed = Callable[..., Cluster]


def test_a_namenode(placed: Placed, tmp_path: Path) -> None:
    """A plain JVM of the group's heap; ready when it listens where it should."""
    made = placed({"service:HDFS": {"NameNode Heap Size": 300}})
    service, home = daemon_service(made.instances[0], "namenode"), tmp_path / made.instances[0].instance_name
    assert service.argv[0] == f"{home}/dist/hadoop/java/bin/java"
    assert service.argv[-1] == "org.apache.hadoop.hdfs.server.namenode.NameNode"
    assert service.argv[-2] == f"{home}/conf/hadoop:{home}/dist/hadoop/home/*"
    assert "-Xmx300m" in service.argv
    assert service.ready == (Listening(8020, "10.0.1.1"), Listening(9870, "10.0.1.1"))


def test_a_resourcemanager_of_apaches_tarball_has_the_timeline_services_classes(placed: Placed) -> None:
    """It ends without them while it starts, and the tree has them apart; containers need none of them."""
    given = {"general": {"Distribution URL": "file:///h.tar.gz", "Distribution SHA-256": "0" * 64}}
    master = placed(given).instances[0]
    classes = daemon_service(master, "resourcemanager").argv[-2].split(":")
    assert [each.partition("/share/hadoop/")[2] for each in classes[-2:]] == [
        "yarn/timelineservice/*",
        "yarn/timelineservice/lib/*",
    ]
    assert "timelineservice" not in container_class_path(master.node_group.cluster)


def test_large_heaps_have_the_jvms_own_collector(placed: Placed) -> None:
    """And its own compiler; only small ones are for a quick start."""
    small, large = (
        daemon_service(placed({"service:HDFS": {"NameNode Heap Size": size}}).instances[0], "namenode").argv
        for size in (2047, 2048)
    )
    assert "-XX:+UseSerialGC" in small
    assert not [word for word in large if word.startswith("-XX")]


def test_no_process_is_a_shell(placed: Placed) -> None:
    """On every instance, whatever runs there."""
    for instance in placed().instances:
        for process in instance.node_group.node_processes:
            service = daemon_service(instance, process)
            assert service.argv[0].endswith("/bin/java")
            assert service.ready


def test_containers_are_told_what_is_installed(placed: Placed, tmp_path: Path) -> None:
    """By variables that NodeManagers hand on."""
    instance = placed().instances[1]
    home = tmp_path / instance.instance_name
    assert daemon_service(instance, "nodemanager").env == {
        "JAVA_HOME": f"{home}/dist/hadoop/java",
        "HADOOP_HOME": f"{home}/dist/hadoop/home",
        "HADOOP_CONF_DIR": f"{home}/conf/hadoop",
    }


def test_services_have_names_of_their_own() -> None:
    """And belong to known processes."""
    assert len({daemon.service for daemon in DAEMONS.values()}) == len(DAEMONS)
    assert set(DAEMONS) <= {process for some in PROCESSES.values() for process in some}


def test_other_programs_take_arguments(placed: Placed) -> None:
    """Behind the class."""
    assert hadoop_command(placed().instances[0], "x.Admin", "-report")[-2:] == ("x.Admin", "-report")


def test_services_that_start_together_wait_for_each_other(placed: Placed) -> None:
    """The second is begun before the first is ready; else the first, which waits for its sign, would fail."""
    instance = placed().instances[0]
    signal = f"{instance.remote.layout.prefix}/signal"
    waits = Service("one", ("sh", "-c", f"until [ -e {signal} ]; do sleep 0.02; done; exec sleep 60"), ready_timeout=20)
    gives = Service("two", ("sh", "-c", f"touch {signal}; exec sleep 60"))
    try:
        start_together(instance, [waits, gives])
        assert all(status.is_running for status in instance.remote.services.status("one", "two").values())
    finally:
        instance.remote.services.remove(["one", "two"])


def test_one_that_does_not_start_fails_the_start(placed: Placed) -> None:
    """Its readiness is awaited in the end."""
    instance = placed().instances[0]
    fails = Service("fails", ("false",), ready=(Listening(1, "127.0.0.1"),), ready_timeout=5)
    try:
        with pytest.raises(ServiceFailed):
            start_together(instance, [fails])
    finally:
        instance.remote.services.remove(["fails"])
