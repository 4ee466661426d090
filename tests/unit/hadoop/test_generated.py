"""The properties that Serai sets, and the files they are in."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from serai.builtin_plugins.hadoop import reserved
from serai.builtin_plugins.hadoop.generated import generated_properties
from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.sites import instance_files, site_files
from serai.hookspec.objects import Cluster, Instance, Secret

Placed = Callable[..., Cluster]
TARBALL = {"general": {"Distribution URL": "file:///h.tar.gz", "Distribution SHA-256": "0" * 64}}


def properties(instance: Instance) -> dict[str, str]:
    """All of them, of all files."""
    return {name: value for each in generated_properties(instance).values() for name, value in each.items()}


def written(files: dict[str, object], name: str) -> dict[str, str]:
    """What a parser finds in a file."""
    text = next(content for path, content in files.items() if path.endswith(f"/{name}"))
    root = ElementTree.fromstring(text.reveal() if isinstance(text, Secret) else str(text))  # noqa: S314 - ours
    return {each.findtext("name", ""): each.findtext("value", "") for each in root}


def test_no_user_can_set_what_is_generated(placed: Placed) -> None:
    """Each is reserved, or says where something listens: of that the port is theirs."""
    found = {name for net in ("10.0", "127.64") for each in placed(net=net).instances for name in properties(each)}
    assert [name for name in found if not reserved.reason(name) and name not in LISTENING] == []


def test_everybody_knows_the_masters(placed: Placed) -> None:
    """By address and port."""
    for instance in placed().instances:
        found = properties(instance)
        assert found["fs.defaultFS"] == "hdfs://10.0.1.1:8020"
        assert found["yarn.resourcemanager.scheduler.address"] == "10.0.1.1:8030"
        assert found["mapreduce.jobhistory.address"] == "10.0.1.1:10020"
        assert found["yarn.log.server.url"] == "http://10.0.1.1:19888/jobhistory/logs"


def test_directories_are_of_who_uses_them(placed: Placed, tmp_path: Path) -> None:
    """One for each storage path."""
    made = placed()
    worker = made.instances_with("datanode")[0]
    worker.volumes = ["/mnt/1", "/mnt/2"]
    found = properties(worker)
    assert found["dfs.datanode.data.dir"] == "file:///mnt/1/hdfs/data,file:///mnt/2/hdfs/data"
    assert found["yarn.nodemanager.local-dirs"] == "/mnt/1/yarn/local,/mnt/2/yarn/local"
    assert "dfs.namenode.name.dir" not in found
    home = tmp_path / made.instances[0].instance_name
    assert properties(made.instances[0])["dfs.namenode.name.dir"] == f"file://{home}/data/hdfs/name"


@pytest.mark.parametrize(
    ("given", "classes"), [({}, "$HADOOP_HOME/*"), (TARBALL, "$HADOOP_HOME/share/hadoop/common/*,")]
)
def test_containers_find_classes_wherever_a_host_has_them(placed: Placed, given: dict, classes: str) -> None:
    """Maven's directory is flat, Apache's is a tree."""
    found = properties(placed(given).instances[1])
    assert found["mapreduce.application.classpath"].startswith(classes)
    assert found["yarn.application.classpath"] == f"$HADOOP_CONF_DIR,{found['mapreduce.application.classpath']}"


def test_shuffles_of_one_machine_take_any_port(placed: Placed) -> None:
    """They listen on every address; a port of the user's stays, and hosts of their own keep Hadoop's."""
    assert properties(placed(net="127.64").instances[1])["mapreduce.shuffle.port"] == "0"
    given = {"service:MapReduce": {"mapreduce.shuffle.port": 14000}}
    assert "mapreduce.shuffle.port" not in properties(placed(given, net="127.64").instances[1])
    assert "mapreduce.shuffle.port" not in properties(placed().instances[1])


def test_generated_stands_above_given(placed: Placed) -> None:
    """An address keeps the user's port; what Serai does not touch is as the user wants it."""
    made = placed({"service:HDFS": {"dfs.namenode.http-address": "0.0.0.0:50070", "dfs.blocksize": "64m"}})
    found = written(site_files(made.instances[0]), "hdfs-site.xml")
    assert (found["dfs.namenode.http-address"], found["dfs.blocksize"]) == ("10.0.1.1:50070", "64m")


def test_files_with_secrets_are_nobody_elses(placed: Placed) -> None:
    """A secret makes its file one; the others stay readable."""
    files = site_files(
        placed({"service:HDFS": {"Secret core-site properties": "fs.s3a.secret.key sesame"}}).instances[0]
    )
    kinds = {Path(path).name: isinstance(content, Secret) for path, content in files.items()}
    assert kinds == {
        "core-site.xml": True,
        "hdfs-site.xml": False,
        "yarn-site.xml": False,
        "mapred-site.xml": False,
    }
    assert "sesame" not in repr(files)
    assert written(files, "core-site.xml")["fs.s3a.secret.key"] == "sesame"


def test_daemons_find_what_the_jars_lack(placed: Placed) -> None:
    """Directories of pages, a log, names; queues where there is a scheduler."""
    made = placed()
    names = {path.partition("/conf/hadoop/")[2] for path in instance_files(made.instances[0])}
    assert {"webapps/hdfs/.keep", "webapps/datanode/.keep", "log4j.properties", "hosts"} <= names
    assert "capacity-scheduler.xml" in names
    assert not any(path.endswith("capacity-scheduler.xml") for path in instance_files(made.instances[1]))
