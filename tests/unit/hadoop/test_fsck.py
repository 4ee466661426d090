"""Reading HDFS's own check of all files; the line was written by a real one of Hadoop 3.5.0."""

import pytest

from serai.builtin_plugins.hadoop.fsck import UnreadableFsck, unmeetable

LINE = (
    "/sorted/_partition.lst:  Under replicated BP-311487423-127.0.0.1-1795399065563:blk_1073741856_1032. Target"
    " Replicas is 10 but found 3 live replica(s), 1 decommissioned replica(s), 0 decommissioning replica(s)."
)
START, END = "FSCK started by root (auth:SIMPLE)", "The filesystem under path '/' is HEALTHY\n"


def answer(*lines: str, end: str = END) -> bytes:
    """What the NameNode says."""
    return "\n".join([START, *lines, "Status: HEALTHY", end]).encode()


@pytest.mark.parametrize(("datanodes", "count"), [(2, 1), (3, 1), (4, 0)])
def test_a_block_with_a_replica_on_every_datanode_can_have_no_more(datanodes: int, count: int) -> None:
    """Where one is left for it, it is waited for."""
    assert unmeetable(answer(LINE), datanodes) == count


def test_nothing_is_read_out_of_the_names_of_files() -> None:
    """One line counts once at most, by its end."""
    spoilt = f"/{LINE[1:-1]}/x: MISSING 1 blocks of total size 1 B."
    doubled = f"/a Target Replicas is 10 but found 9 live replica(s){LINE}"
    assert unmeetable(answer(spoilt), 3) == 0
    assert unmeetable(answer(doubled), 3) == 1


@pytest.mark.parametrize("said", [b"", b"<html>", answer(LINE, end=""), answer(LINE, end="FSCK ended at")])
def test_an_answer_that_breaks_off_is_none(said: bytes) -> None:
    """Nothing is proved by half of it."""
    with pytest.raises(UnreadableFsck) as error:
        unmeetable(said, 3, "demo-master-1")
    assert (error.value.host, error.value.code) == ("demo-master-1", "HADOOP_UNREADABLE_FSCK")


def test_a_file_system_that_is_corrupt_is_an_answer() -> None:
    """What is missing is counted elsewhere."""
    assert unmeetable(answer(LINE, end="The filesystem under path '/' is CORRUPT"), 3) == 1
