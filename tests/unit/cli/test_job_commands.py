"""Jobs from the command line, on a cluster of the local provider."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Serai = Callable[..., Any]
Document = Callable[..., str]


@pytest.fixture
def camp(serai: Serai, document: Document) -> Serai:
    """A command line with a cluster demo that is up."""
    assert serai("up", document()).code == 0
    return serai


def script(tmp_path: Path, text: str) -> str:
    path = tmp_path / "job.sh"
    path.write_text(text)
    return str(path)


def test_a_job_is_run_to_its_end_with_its_output(camp: Serai, tmp_path: Path) -> None:
    """Its streams stay apart; its arguments arrive as they were given."""
    program = script(tmp_path, 'for word in "$@"; do echo "<$word>"; done; echo "$GREETING" >&2\n')
    ran = camp("job", "run", "demo", "--type", "Shell", "--param", "GREETING=hello there", program, "a b", "--json")
    assert (ran.code, ran.out) == (0, "<a b>\n<--json>\n")
    assert "hello there\n" in ran.err


def test_a_job_that_fails_fails_the_command(camp: Serai, tmp_path: Path) -> None:
    """With one exit code for all failures; the job's own is shown."""
    program = script(tmp_path, "echo before; sleep 0.5; echo done for >&2; exit 7\n")
    ran = camp("job", "run", "demo", "--type", "shell", program)
    assert (ran.code, ran.out) == (1, "before\n")
    assert "FAILED" in ran.err
    row = camp("job", "ls", "demo").out.splitlines()[1]
    assert "FAILED" in row


def test_a_jobs_result_is_one_document(camp: Serai) -> None:
    """The execution, with its output."""
    ran = camp("job", "run", "demo", "--type", "Shell", "--json", "--command", "echo", "hi")
    assert (ran.code, ran.err) == (0, "")
    assert ran.document["status"] == "SUCCEEDED"
    assert ran.document["output"] == {"stdout": "hi\n", "stderr": ""}


def test_a_detached_job_is_looked_at_read_and_ended_by_its_id(camp: Serai) -> None:
    """Which is all that is printed."""
    detached = camp(
        "job", "run", "demo", "--type", "Shell", "--detach", "--command", "sh", "-c", "echo hi; exec sleep 60"
    )
    job = detached.out.strip()
    assert "RUNNING" in camp("job", "show", job).out
    assert camp("job", "cancel", job, "--json").document["status"] == "KILLED"
    assert "KILLED" in camp("job", "show", job).out
    assert camp("job", "logs", job).out == "hi\n"
    assert camp("job", "logs", job, "--json").document["stdout"] == "hi\n"


def test_a_job_of_a_type_the_cluster_does_not_run_is_a_mistaken_request(camp: Serai) -> None:
    """Told with the types it runs; an unknown type is a mistaken command line."""
    refused = camp("job", "run", "demo", "--type", "Spark", "pi.py")
    assert refused.code == 3
    assert "types it runs: Shell" in refused.err
    unknown = camp("job", "run", "demo", "--type", "Sprak", "pi.py")
    assert unknown.code == 2
    assert "none of Hive, Java" in unknown.err


def test_a_program_that_is_not_there_is_a_mistaken_request(camp: Serai) -> None:
    """Found before anything runs."""
    refused = camp("job", "run", "demo", "--type", "Shell", "/nonexistent/job.sh")
    assert refused.code == 3
    assert "[JOB_FILE_MISSING]" in refused.err


def test_a_job_that_does_not_exist_is_not_found(serai: Serai) -> None:
    """By every command that names one."""
    assert [serai("job", command, "nosuch").code for command in ("show", "logs", "cancel")] == [4, 4, 4]
    assert serai("job", "ls").out == "no jobs; run one with: serai job run CLUSTER --type TYPE PROGRAM\n"


def test_output_that_is_cut_is_said_to_be(camp: Serai) -> None:
    """Nobody takes the end of it for all of it."""
    many = ("--command", "sh", "-c", "yes 0123456789 | head -c 2000000")
    ran = camp("job", "run", "demo", "--type", "Shell", *many)
    assert len(ran.out) < 2_000_000
    assert "only the end of stdout is shown" in ran.err
