"""Commands that record what plugins ask of machines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serai.hookspec.transcripts import Exchange, Transcript

Serai = Callable[..., Any]
Document = Callable[..., str]

ENDED = {"status": 0, "stdout": "", "stderr": ""}


def recorded(path: Path) -> list[tuple[str, str]]:
    return [(each.hook, str(each)) for each in Transcript.read(path).exchanges]


@pytest.mark.slow
def test_every_command_appends_to_a_transcript(serai: Serai, document: Document, tmp_path: Path) -> None:
    """Scalings, changes and jobs; of machines that are called anything."""
    path = tmp_path / "t.jsonl"
    serai("up", document(), "--transcript", str(path))
    serai("--transcript", str(path), "scale", "demo", "tents=2")
    serai("apply", document(tents=2, Mood="yellow"), "--yes", "--transcript", str(path))
    before_job = recorded(path)
    assert before_job == [
        ("scale_cluster", "tents-2: run true"),
        ("reconfigure_cluster", "tents-1: run true"),
        ("reconfigure_cluster", "tents-2: run true"),
    ]
    (tmp_path / "job.sh").write_text("echo hello\n")
    job = ("job", "run", "demo", "--type", "Shell", str(tmp_path / "job.sh"))
    ran = serai("--transcript", str(path), *job)
    assert ran.out == "hello\n", ran
    after_job = recorded(path)[len(before_job) :]
    assert {hook for hook, _ in after_job} >= {"get_edp_engine, run_job", "get_edp_engine, get_job_output"}
    assert {line.partition(":")[0] for _, line in after_job} == {"guards-1"}
    assert "open sesame" not in path.read_text()
    assert str(tmp_path / "machines") not in path.read_text()


def test_a_transcript_that_cannot_be_made_is_told_before_anything_is_done(
    serai: Serai, document: Document, tmp_path: Path
) -> None:
    """Where, and what to do."""
    path = tmp_path / "nosuch" / "t.jsonl"
    error = serai("up", document(), "--transcript", str(path), "--json").document["error"]
    assert (error["code"], error["place"]) == ("OUTPUT_UNUSABLE", str(path))
    assert error["hint"]
    assert serai("ls", "--json").document == []


def test_a_transcript_that_the_disk_has_no_room_for_is_told_once_and_the_work_goes_on(
    serai: Serai, document: Document, small_disk: Path, fill: Callable[..., None]
) -> None:
    """What was recorded until then can be read."""
    path = small_disk / "t.jsonl"
    room = 4096 - len(Transcript([Exchange("w-1", "run", [""], answer=ENDED)]).text())  # no block is begun
    Transcript([Exchange("w-1", "run", ["x" * (room - 10)], answer=ENDED)]).write(path)
    serai("up", document())
    fill()
    scaled = serai("scale", "demo", "tents=3", "--transcript", str(path))
    assert (scaled.code, scaled.err.count("is not complete")) == (0, 1)
    assert len(Transcript.read(path).exchanges) == 1
