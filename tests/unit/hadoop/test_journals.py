"""Which JournalNodes and NameNodes take part, by what real processes said."""

import json
from pathlib import Path

import pytest

from serai.builtin_plugins.hadoop.datanode import Registration, UnreadableDataNode, parse_datanode
from serai.builtin_plugins.hadoop.journals import UnreadableJournals, parse_journals

CAPTURED = Path(__file__).with_name("captured") / "journals.json"
FIRST, SECOND, THIRD = (f"127.125.66.{number}:8485" for number in (1, 2, 3))


def said(*replaced: tuple[str, str]) -> bytes:
    """What a NameNode said, with something else in its place."""
    text = CAPTURED.read_text()
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def test_those_that_are_written_to_take_part() -> None:
    """All three, as captured."""
    assert parse_journals(said()) == {FIRST, SECOND, THIRD}


@pytest.mark.parametrize(
    "instead",
    [
        f"{SECOND} (Written txid 40 (4 txns/812ms behind) (will try to re-sync on next segment))",
        f"{SECOND} (Written txid 44 (will try to re-sync on next segment))",
        f"{SECOND} (Written txid 44 (will re-join on next segment))",
        f"{SECOND} (Written txid 0 (never written))",
    ],
)
def test_one_that_is_left_out_until_the_next_segment_does_not(instead: str) -> None:
    """However far it got; were another one restarted now, the NameNode would end."""
    assert parse_journals(said((f"{SECOND} (Written txid 44)", instead))) == {FIRST, THIRD}


def test_one_that_is_a_little_behind_does() -> None:
    """It is written to."""
    behind = f"{SECOND} (Written txid 42 (2 txns/3ms behind))"
    assert parse_journals(said((f"{SECOND} (Written txid 44)", behind))) == {FIRST, SECOND, THIRD}


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b'{"beans": []}',
        said(("QJM to", "another kind of journal at")),
        said(("Writing segment beginning at txid 44", "open for read")),
    ],
    ids=["no JSON", "no bean", "no shared journal", "on standby"],
)
def test_what_cannot_be_read_proves_nothing(answer: bytes) -> None:
    """A NameNode on standby writes to none."""
    with pytest.raises(UnreadableJournals):
        parse_journals(answer, "host")


def datanode(*actors: dict[str, object]) -> bytes:
    """What a DataNode says."""
    bean = {"name": "Hadoop:service=DataNode,name=DataNodeInfo", "BPServiceActorInfo": json.dumps(actors)}
    return json.dumps({"beans": [bean]}).encode()


def test_a_datanode_tells_how_it_stands_with_each_namenode() -> None:
    """Registered with one, on its way to the other."""
    answer = datanode(
        {"NamenodeAddress": "10.0.1.1:8020", "ActorState": "RUNNING"},
        {"NamenodeAddress": "10.0.1.2:8020", "ActorState": "CONNECTING"},
    )
    assert parse_datanode(answer) == (
        Registration("10.0.1.1:8020", "RUNNING"),
        Registration("10.0.1.2:8020", "CONNECTING"),
    )


@pytest.mark.parametrize("answer", [b"", b'{"beans": []}', datanode({"ActorState": "RUNNING"})])
def test_what_is_no_datanode_is_refused(answer: bytes) -> None:
    """Like no answer it may be better the next time."""
    with pytest.raises(UnreadableDataNode):
        parse_datanode(answer, "host")
