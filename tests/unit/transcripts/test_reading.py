"""Transcripts are read strictly."""

import json
from pathlib import Path

import pytest

from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.transcripts import Exchange, Transcript

HEADER = '{"kind": "serai-transcript", "schema_version": 1}'

GOOD = [
    {"host": "w-1", "call": "run", "words": ["uptime"], "answer": {"status": 0, "stdout": "1 day\n", "stderr": ""}},
    {"host": "w-1", "call": "stop", "words": ["s"], "failure": {"error": "Unreachable", "message": "no route"}},
    {"host": "w-2", "call": "get", "words": ["/x"], "answer": {"base64": "/w=="}, "hook": "start_cluster"},
]


def text(*lines: object, header: str = HEADER) -> str:
    return "\n".join([header, *(line if isinstance(line, str) else json.dumps(line) for line in lines)]) + "\n"


def faults(told: str) -> list[tuple[str, str]]:
    with pytest.raises(ValidationFailed) as caught:
        Transcript.parse(told)
    return [(error.path, error.code) for error in caught.value.errors]


def test_a_transcript_is_what_it_was_written_as(tmp_path: Path) -> None:
    transcript = Transcript.parse(text(*GOOD))
    transcript.write(tmp_path / "t.jsonl")
    assert Transcript.read(tmp_path / "t.jsonl") == transcript
    assert (tmp_path / "t.jsonl").read_text() == text(*GOOD)
    assert transcript.hosts == ("w-1", "w-2")


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    """By line and by field."""
    lines = (
        {"host": "w-1", "call": "run", "words": "uptime", "answer": {"status": "0", "stdout": "", "colour": "red"}},
        {"host": "w-1", "call": "dance"},
        "{",
        '{"host": "w-1", "host": "w-2", "call": "facts", "answer": {}}',
        {"host": "w-1", "call": "start", "words": ["s"], "answer": True},
        {"call": "stop", "words": ["s"], "answer": True, "failure": {"error": "Unreachable", "message": "no"}},
        {"host": "w-1", "call": "status", "answer": [{"name": "s", "state": "dancing"}]},
        {"host": "w-1", "call": "put", "sent": {"files": [{"mode": "rwx"}]}, "answer": []},
        {"host": "w-1", "call": "get", "words": ["/x"], "answer": {"base64": "/w="}},
    )
    assert faults(text(*lines)) == [
        ("line 2: words", "WRONG_TYPE"),
        ("line 2: answer.stderr", "MISSING_KEY"),
        ("line 2: answer.status", "WRONG_TYPE"),
        ("line 2: answer.colour", "UNKNOWN_KEY"),
        ("line 3: call", "NOT_ALLOWED"),
        ("line 4", "INVALID_SYNTAX"),
        ("line 5: host", "DUPLICATE_KEY"),
        ("line 6: sent.argv", "MISSING_KEY"),
        ("line 7: host", "MISSING_KEY"),
        ("line 7: answer", "INVALID"),
        ("line 8: answer[0].state", "NOT_ALLOWED"),
        ("line 9: sent.files[0].mode", "INVALID"),
        ("line 10: answer.base64", "INVALID"),
    ]


@pytest.mark.parametrize("header", ["", "[]", "hello", '{"kind": "letter"}'])
def test_what_is_no_transcript_is_not_read_further(header: str) -> None:
    """Its other lines could be anything."""
    assert faults(text("{", header=header)) == [("line 1", "INVALID")]


def test_another_version_says_which_one_is_known() -> None:
    """With what to do."""
    with pytest.raises(ValidationFailed, match=r"must be 1 \(got 2\).*record it anew"):
        Transcript.parse(text(header='{"kind": "serai-transcript", "schema_version": 2}'))


def test_true_is_no_number() -> None:
    """Nothing is converted."""
    line = {"host": "w-1", "call": "run", "answer": {"status": True, "stdout": "", "stderr": ""}}
    assert faults(text(line)) == [("line 2: answer.status", "WRONG_TYPE")]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """One that is not there, and one that is no text."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name in ("nosuch", "binary"):
        with pytest.raises(SeraiError) as caught:
            Transcript.read(tmp_path / name)
        assert (caught.value.code, caught.value.place) == ("UNREADABLE_DOCUMENT", str(tmp_path / name))


def test_machines_can_be_told_one_after_the_other() -> None:
    """Each in its order, whichever was quicker."""
    each = [
        Exchange(host, "stop", [service], answer=True) for host, service in (("b-1", "x"), ("a-1", "y"), ("b-1", "w"))
    ]
    assert [str(exchange) for exchange in Transcript(each).by_host().exchanges] == [
        "a-1: stop y",
        "b-1: stop x",
        "b-1: stop w",
    ]
