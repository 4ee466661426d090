"""Waiting for exactly the nodes of a cluster, and for a file system that keeps what it is given."""

from typing import Any

import pytest

from serai.builtin_plugins.hadoop.membership import is_writable, wait_for_hdfs, wait_for_yarn
from serai.builtin_plugins.hadoop.webhdfs import UnreadableWebHdfs, WebHdfs
from serai.hookspec.errors import DeadlineExceeded, RemoteError
from serai.hookspec.objects import Cluster
from serai.hookspec.testing.fleet import said


def test_all_nodes_are_there_and_a_file_was_kept(masters: Any, running: Cluster) -> None:
    """It is removed again."""
    run = masters.stage.run()
    wait_for_hdfs(running, run)
    wait_for_yarn(running, run)
    assert run.steps == ["Await HDFS", "Await YARN"]
    assert "a file to be written to HDFS and read back" in run.waits
    assert masters.hadoop.files.content == {}


def test_a_datanode_that_does_not_come_is_named(masters: Any, running: Cluster) -> None:
    """And only that one."""
    masters.hadoop.hdfs.unheard = {"demo-workers-2"}
    with pytest.raises(DeadlineExceeded, match="demo-workers-2") as error:
        wait_for_hdfs(running, masters.stage.run())
    assert "demo-workers-1" not in error.value.message


def test_a_nodemanager_that_does_not_come_is_named(masters: Any, running: Cluster) -> None:
    """Likewise."""
    masters.hadoop.hdfs.unheard = {"demo-workers-3"}
    with pytest.raises(DeadlineExceeded, match="demo-workers-3"):
        wait_for_yarn(running, masters.stage.run())


def test_a_stranger_among_the_datanodes_is_waited_for_to_leave(masters: Any, running: Cluster) -> None:
    """Exactly the cluster's: one that is still there holds blocks."""
    running.node_group("workers").remove_instance(running.node_group("workers").instances[0])
    with pytest.raises(DeadlineExceeded):
        wait_for_hdfs(running, masters.stage.run())


def test_safe_mode_is_told_when_it_lasts(masters: Any, running: Cluster) -> None:
    """In the NameNode's words."""
    masters.hadoop.beans.safe_mode = "Safe mode is ON. The reported blocks 0 needs additional 4 blocks"
    with pytest.raises(DeadlineExceeded, match="needs additional 4 blocks"):
        wait_for_hdfs(running, masters.stage.run())


def test_a_file_that_comes_back_as_another_is_no_file_system(masters: Any, running: Cluster) -> None:
    """What was written is what counts."""
    masters.stage.fleet.answer(lambda asked: "/.serai-probe?op=OPEN&u" in asked.argv[-1], said("something else"))
    with pytest.raises(RemoteError, match="another content") as error:
        is_writable(running)
    assert error.value.code == "HDFS_WRONG_CONTENT"


def test_webhdfs_writes_reads_and_removes(masters: Any, running: Cluster) -> None:
    """As the login that the NameNode runs as; names are quoted."""
    files = WebHdfs(running.instances[0])
    files.write("/a b&c", b"hello")
    assert files.read("/a b&c") == b"hello"
    assert list(masters.hadoop.files.content) == ["/a b&c"]
    assert (files.remove("/a b&c"), files.remove("/a b&c")) == (True, False)
    asked = [call.words[1] for _, call in masters.stage.fleet.journal.calls if call.kind == "http"]
    assert all("user.name=serai" in url for url in asked if "op=" in url)


def test_what_is_not_webhdfs_is_told(masters: Any, running: Cluster) -> None:
    """Something else on the port."""
    masters.stage.fleet.answer(lambda asked: "/webhdfs/" in asked.argv[-1], said("<html>"))
    with pytest.raises(UnreadableWebHdfs, match="cannot be read as WebHDFS") as error:
        WebHdfs(running.instances[0]).remove("/x")
    assert error.value.host == "demo-master-1"
