"""Why an operation failed, as show tells it; logs and diagnoses from the command line."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from serai.engine.cli.failure_views import failure
from serai.engine.cli.plain import plain
from serai.hookspec.errors import CommandFailed, DeadlineExceeded, HostsFailed

Serai = Callable[..., Any]
Document = Callable[..., str]


def told(error: HostsFailed) -> str:
    error.details |= {"operation": "create ab12", "phase": "configure"}
    return plain(failure(error.to_dict()))


def test_the_first_host_is_told_in_full_and_the_others_are_counted_by_what_went_wrong() -> None:
    details = {"argv": ["tar", "x y"], "status": 2, "stderr": ["no \x1b[31mroom"]}
    failures: dict[str, BaseException] = {
        f"h{number}": CommandFailed("tar: status 2", host=f"h{number}", hint="make room", details=details)
        for number in range(8)
    }
    failures["h9"] = DeadlineExceeded("not done within 3 s", host="h9")
    text = told(HostsFailed("unpack", failures))
    assert "during:  create ab12, configure, unpack" in text
    assert text.count("tar 'x y'") == 1
    assert "| no \\x1b[31mroom" in text
    assert "hint:    make room" in text
    assert "and 8 more" in text
    assert "7 times [REMOTE_COMMAND_FAILED] tar: status 2  (h1, h2, h3, h4…)" in text
    assert "1 times [TIMEOUT] not done within 3 s  (h9)" in text


def test_show_as_json_has_everything_of_the_failure(serai: Serai, document: Document, tmp_path: Path) -> None:
    (tmp_path / "obstacle").touch()
    serai("up", document(Obstacle=str(tmp_path / "obstacle")))
    last = serai("show", "demo", "--json").document["last_operation"]
    assert last["status"] == "failed"
    assert last["findings"][0]["code"] == "OBSTACLE"
    assert last["findings"][0]["phase"] == "start"


def test_the_log_file_has_a_document_a_line_and_no_secret(serai: Serai, document: Document, tmp_path: Path) -> None:
    log = tmp_path / "serai.log"
    serai("up", document(), "--log-file", str(log))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"time", "level", "logger", "message"} <= lines[0].keys()
    assert any(line.get("serai_phase") == "start" and line["serai_cluster"] == "demo" for line in lines)
    assert log.stat().st_mode & 0o777 == 0o600
    assert "open sesame" not in log.read_text()


def test_a_log_file_that_cannot_be_made_is_told_before_anything_is_done(
    serai: Serai, document: Document, tmp_path: Path
) -> None:
    """Where, and what to do."""
    log = tmp_path / "nosuch" / "serai.log"
    refused = serai("up", document(), "--log-file", str(log), "--json")
    error = refused.document["error"]
    assert (error["code"], error["place"]) == ("OUTPUT_UNUSABLE", str(log))
    assert error["hint"]
    assert serai("ls", "--json").document == []


def test_a_log_that_the_disk_has_no_room_for_is_told_once_and_the_work_goes_on(
    serai: Serai, document: Document, small_disk: Path, fill: Callable[..., None]
) -> None:
    """The first record that is missing; not each of them."""
    (small_disk / "serai.log").touch()
    fill()
    up = serai("up", document(), "--log-file", str(small_disk / "serai.log"))
    assert (up.code, up.err.count("is not complete: No space left on device")) == (0, 1)
    assert "Traceback" not in up.err
    assert serai("ls").code == 0


def test_a_diagnosis_is_written_where_it_is_wanted(serai: Serai, document: Document, tmp_path: Path) -> None:
    """With what the doctor says."""
    serai("up", document())
    made = serai("diagnose", "demo", "--output", str(tmp_path / "b.tar.gz"), "--json")
    assert made.code == 0
    assert "doctor.json" in made.document["files"]
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        assert sorted(name.partition("/")[2] for name in archive.getnames()) == sorted(made.document["files"])


def test_a_cluster_that_never_was_cannot_be_diagnosed(serai: Serai, tmp_path: Path) -> None:
    assert serai("diagnose", "nosuch", "-o", str(tmp_path / "b.tar.gz")).code == 4
