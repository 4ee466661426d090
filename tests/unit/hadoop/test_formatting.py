"""When HDFS is formatted, and when never."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop.formatting import LostNamespace, State, format_once, listings, state_of
from serai.hookspec.errors import HostsFailed
from serai.hookspec.objects import Cluster, Instance

Placed = Callable[..., Cluster]
IMAGE = ["current", "VERSION", "fsimage_0000000000000000000", "seen_txid"]


class PlainRun:
    """One instance after the other."""

    cancelled = False
    log = logging.LoggerAdapter(logging.getLogger(__name__))

    def __init__(self) -> None:
        self.steps: list[str] = []

    def each(self, instances: list[Instance], function: Callable, *, step: str, timeout: float = 900.0) -> list:
        self.steps.append(step)
        try:
            return [function(instance) for instance in instances]
        except OSError as error:
            raise HostsFailed(step, {"host": error}) from error

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self.steps.append(title)
        yield


def fake_java(instance: Instance) -> Path:
    """A Java that formats as far as this test is concerned; the file tells how often, and with which arguments."""
    home = Path(instance.remote.layout.dist) / "hadoop/java/bin"
    home.mkdir(parents=True)
    asked = home / "asked"
    names = Path(instance.storage_paths[0]) / "hdfs/name/current"
    (home / "java").write_text(
        f'#!/bin/sh\necho "$*" >>"{asked}"\nmkdir -p "{names}"\ntouch "{names}/VERSION" "{names}/fsimage_0"\n'
    )
    (home / "java").chmod(0o755)
    return asked


@pytest.mark.parametrize(
    ("directories", "expected"),
    [
        ([[]], State.BLANK),
        ([[], []], State.BLANK),
        ([["current"]], State.HALF),
        ([["current", "VERSION", "seen_txid"]], State.HALF),
        ([["current", "VERSION", "fsimage.ckpt_0000000000000000000"]], State.HALF),
        ([["current", "VERSION"], []], State.HALF),
        ([IMAGE], State.FORMATTED),
        ([IMAGE, []], State.FORMATTED),
        ([["current", "VERSION"], IMAGE], State.FORMATTED),
        ([IMAGE, ["current", "edits_inprogress_0000000000000000001"]], State.FORMATTED),
    ],
)
def test_an_image_is_what_counts(directories: list[list[str]], expected: State) -> None:
    """One copy of it is as good as all."""
    assert state_of(directories, "host") is expected


def test_edits_without_an_image_are_never_formatted_away() -> None:
    """Somebody's files were there."""
    with pytest.raises(LostNamespace, match="host: the name directories hold edits"):
        state_of([[], ["current", "VERSION", "edits_0000000000000000001-0000000000000000002"]], "host")


def test_a_listing_is_read_by_directory() -> None:
    """Those that do not exist are there, empty."""
    assert listings("//a b/name\ncurrent\nVERSION\n//c/name\n") == {"/a b/name": ["current", "VERSION"], "/c/name": []}


def test_hdfs_is_formatted_once(placed: Placed) -> None:
    """A second configure finds the image."""
    made = placed()
    asked = fake_java(made.instances[0])
    for _ in range(2):
        format_once(made, made.instances[0], PlainRun())
    (line,) = asked.read_text().splitlines()
    assert line.endswith("NameNode -format -nonInteractive")


def test_a_formatting_that_was_interrupted_is_done_again(placed: Placed) -> None:
    """There is a VERSION and no image: nothing was ever kept."""
    made = placed()
    asked = fake_java(made.instances[0])
    current = Path(made.instances[0].storage_paths[0]) / "hdfs/name/current"
    current.mkdir(parents=True)
    (current / "VERSION").touch()
    format_once(made, made.instances[0], PlainRun())
    assert asked.read_text().endswith("-format -force -nonInteractive\n")


def test_blocks_of_another_namespace_are_not_orphaned(placed: Placed) -> None:
    """Who has them, and of which cluster they are, is told; nothing is formatted."""
    made = placed()
    asked = fake_java(made.instances[0])
    worker = made.instances_with("datanode")[1]
    current = Path(worker.storage_paths[0]) / "hdfs/data/current"
    current.mkdir(parents=True)
    (current / "VERSION").write_text("storageID=DS-1\nclusterID=CID-other\n")
    with pytest.raises(LostNamespace, match=f"{worker.instance_name} of CID-other"):
        format_once(made, made.instances[0], PlainRun())
    assert not asked.exists()
