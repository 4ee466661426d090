"""Jobs as processes: started once, found again, ended, and told apart."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from serai.hookspec.cluster import Instance
from serai.hookspec.edp import JobEngine, JobExecution, JobOutput, JobStatus
from serai.hookspec.errors import NotFound
from serai.hookspec.process_jobs import stop_jobs
from serai.hookspec.shell_jobs import ShellJobEngine

Make = Callable[..., JobExecution]
Ended = Callable[[JobExecution], dict[str, object]]


def test_it_is_a_job_engine(engine: ShellJobEngine) -> None:
    """As the contract asks of one."""
    assert isinstance(engine, JobEngine)


def test_a_job_that_ends_well_succeeded(engine: ShellJobEngine, execution: Make, ended: Ended) -> None:
    """Its exit code is told, its streams are kept apart."""
    job = execution("sh", "-c", 'echo "$X"; echo no >&2', params={"X": "a b"})
    assert ended(job) == {"status": JobStatus.SUCCEEDED, "exit_code": 0}
    assert engine.get_job_output(job) == JobOutput("a b\n", "no\n")


def test_a_job_that_ends_badly_failed(execution: Make, ended: Ended) -> None:
    """With its exit code and the last it said."""
    assert ended(execution("sh", "-c", "echo one >&2; echo two >&2; exit 3")) == {
        "status": JobStatus.FAILED,
        "exit_code": 3,
        "reason": "it ended with status 3: two",
        "stderr": "one\ntwo\n",
    }


def test_a_stack_of_java_is_no_reason(execution: Make, ended: Ended) -> None:
    """What was thrown is, and above all what caused it."""
    lines = ("Exception: no", "\\tat a.B.run(B.java:1)", "Caused by: no input", "\\tat a.C(C.java)", "\\t... 9 more")
    said = "\\n".join(lines)
    info = ended(execution("sh", "-c", f"printf '{said}' >&2; exit 255"))
    assert info["reason"] == "it ended with status 255: Caused by: no input"


def test_what_was_thrown_is_found_above_a_long_stack(execution: Make, ended: Ended) -> None:
    """Of the stack no more than its end is kept."""
    stack = "i=0; while [ $i -lt 60 ]; do printf '\\tat a.B.run(B.java:1)\\n' >&2; i=$((i+1)); done"
    info = ended(execution("sh", "-c", f"echo 'Exception: /out is there already' >&2; {stack}; exit 255"))
    assert info["reason"] == "it ended with status 255: Exception: /out is there already"
    assert str(info["stderr"]).splitlines() == ["\tat a.B.run(B.java:1)"] * 20


def test_what_is_logged_after_a_failure_is_no_reason(execution: Make, ended: Ended) -> None:
    """Unless there is nothing else."""
    end = "26/12/01 00:32:19 INFO ShutdownHookManager: Deleting directory /tmp/spark-7a673a27"
    info = ended(execution("sh", "-c", f"echo 'FileNotFoundError: /in' >&2; echo '{end}' >&2; exit 1"))
    assert info["reason"] == "it ended with status 1: FileNotFoundError: /in"


def test_a_program_that_only_logs_is_told_by_its_last_line(execution: Make, ended: Ended) -> None:
    """Rather than by none."""
    info = ended(execution("sh", "-c", "echo '2026-12-01 00:32:19,001 INFO a.B: bye' >&2; exit 1"))
    assert info["reason"] == "it ended with status 1: 2026-12-01 00:32:19,001 INFO a.B: bye"


def test_a_program_that_does_not_exist_is_a_failed_job(execution: Make, ended: Ended) -> None:
    """Not an error of whoever asks."""
    info = ended(execution("no-such-program-anywhere"))
    assert (info["status"], info["exit_code"]) == (JobStatus.FAILED, 127)


def test_a_job_submitted_again_runs_once(instance: Instance, execution: Make, ended: Ended, tmp_path: Path) -> None:
    """Also by another engine, with or without the identifier, after its end."""
    job = execution("sh", "-c", f"echo run >> {tmp_path}/runs")
    ended(job)
    again = ShellJobEngine(instance.node_group.cluster, "server").run_job(execution(*job.spec.args))
    assert again == ("job-1@demo-g-1", JobStatus.SUCCEEDED, {"directory": f"{tmp_path}/instance/data/jobs/1"})
    assert (tmp_path / "runs").read_text() == "run\n"


def test_a_running_job_is_left_alone_when_submitted_again(
    engine: ShellJobEngine, instance: Instance, execution: Make
) -> None:
    """It stays the same process."""
    job = execution("sleep", "60")
    engine.run_job(job)
    before = instance.remote.services.status("job-1")["job-1"]
    identifier, status, _ = engine.run_job(job)
    after = instance.remote.services.status("job-1")["job-1"]
    assert (identifier, status, after) == ("job-1@demo-g-1", JobStatus.RUNNING, before)


def test_a_cancelled_job_was_killed(engine: ShellJobEngine, execution: Make) -> None:
    """Whoever asks later learns that it did not fail by itself."""
    job = execution("sleep", "60")
    job.engine_job_id, _, _ = engine.run_job(job)
    killed = {"status": JobStatus.KILLED, "exit_code": 143, "reason": "cancelled"}
    assert (engine.cancel_job(job), engine.get_job_status(job)) == (killed, killed)


def test_a_job_cancelled_by_two_at_once_was_killed(engine: ShellJobEngine, execution: Make) -> None:
    """Whoever finds that the other one ended it does not take the request back."""
    job = execution("sh", "-c", 'trap "sleep 0.3; exit 3" TERM; while :; do sleep 0.05; done')
    job.engine_job_id, _, _ = engine.run_job(job)
    with ThreadPoolExecutor(2) as two:
        infos = [info.result() for info in [two.submit(engine.cancel_job, job) for _ in range(2)]]
    assert [info and info["status"] for info in [*infos, engine.get_job_status(job)]] == [JobStatus.KILLED] * 3


def test_a_job_killed_by_somebody_else_failed(engine: ShellJobEngine, instance: Instance, execution: Make) -> None:
    """Only our own request makes it KILLED."""
    job = execution("sleep", "60")
    job.engine_job_id, _, _ = engine.run_job(job)
    instance.remote.services.stop("job-1")
    info = engine.get_job_status(job)
    assert info is not None
    assert (info["status"], info["exit_code"]) == (JobStatus.FAILED, 143)


def test_cancelling_an_ended_job_changes_nothing(engine: ShellJobEngine, execution: Make, ended: Ended) -> None:
    """It succeeded, and stays so."""
    job = execution("true")
    info = ended(job)
    assert (engine.cancel_job(job), engine.get_job_status(job)) == (info, info)


def test_a_job_cancelled_before_it_started_never_starts(
    engine: ShellJobEngine, execution: Make, tmp_path: Path
) -> None:
    """A submission that comes late finds the request."""
    job = execution("touch", str(tmp_path / "ran"))
    engine.cancel_job(job)
    assert engine.run_job(job)[1] is JobStatus.KILLED
    assert not (tmp_path / "ran").exists()


def test_a_job_nobody_knows_is_done_with_error(engine: ShellJobEngine, execution: Make) -> None:
    """Its machine was emptied."""
    job = execution("true")
    job.engine_job_id = "job-1@demo-g-1"
    assert engine.get_job_status(job) == {
        "status": JobStatus.DONEWITHERROR,
        "reason": "demo-g-1 knows nothing of job-1",
    }


def test_a_job_of_a_removed_instance_is_done_with_error(engine: ShellJobEngine, execution: Make) -> None:
    """Asked for, cancelled or read: the answer is the same."""
    job = execution("true")
    job.engine_job_id = "job-1@gone"
    lost = {
        "status": JobStatus.DONEWITHERROR,
        "reason": "its instance is no longer part of cluster demo: job-1@gone",
    }
    assert (engine.get_job_status(job), engine.cancel_job(job)) == (lost, lost)
    assert engine.get_job_output(job) == JobOutput("", "")


def test_without_an_instance_there_is_nowhere_to_run(instance: Instance, execution: Make) -> None:
    """Said at submission."""
    with pytest.raises(NotFound, match="has a nothing for the job"):
        ShellJobEngine(instance.node_group.cluster, "nothing").run_job(execution("true"))


def test_files_travel_under_their_own_names(
    engine: ShellJobEngine, execution: Make, ended: Ended, tmp_path: Path
) -> None:
    """A Python program finds its libs beside it, in its working directory, and gets its arguments as they are."""
    (tmp_path / "main.py").write_text("import lib, sys; print(lib.X, open('data.txt').read(), sys.argv[1:])")
    (tmp_path / "lib.py").write_text("X = 7")
    (tmp_path / "data.txt").write_text("text")
    libs = (str(tmp_path / "lib.py"), str(tmp_path / "data.txt"))
    job = execution("$HOME", "a  b", main=str(tmp_path / "main.py"), libs=libs)
    assert ended(job)["status"] is JobStatus.SUCCEEDED
    assert engine.get_job_output(job).stdout == "7 text ['$HOME', 'a  b']\n"


@pytest.mark.parametrize("first_line", ["", "#!/bin/sh\n", "#!/usr/bin/env -S python3 -c 'print(\"x y z\")'\n"])
def test_a_script_runs_as_its_first_line_says(
    engine: ShellJobEngine, execution: Make, ended: Ended, tmp_path: Path, first_line: str
) -> None:
    """Without one it is a shell script; it need not be executable here."""
    (tmp_path / "job").write_text(f'{first_line}echo "x $1 z"\n')
    job = execution("y", main=str(tmp_path / "job"))
    assert ended(job)["status"] is JobStatus.SUCCEEDED
    assert engine.get_job_output(job).stdout == "x y z\n"


def test_a_file_that_has_gone_since_is_told(engine: ShellJobEngine, execution: Make) -> None:
    """Nothing is started."""
    job = execution(main="/nowhere/job.py")
    with pytest.raises(NotFound, match="has gone since the job was accepted"):
        engine.run_job(job)
    assert engine.get_job_status(job) == {
        "status": JobStatus.DONEWITHERROR,
        "reason": "demo-g-1 knows nothing of job-1",
    }


def test_jobs_end_with_their_cluster(engine: ShellJobEngine, instance: Instance, execution: Make) -> None:
    """Running ones only, and no other service."""
    engine.run_job(execution("sleep", "60", name="1"))
    engine.run_job(execution("true", name="2"))
    assert stop_jobs(instance) == ["job-1"]
    assert not instance.remote.services.status("job-1")["job-1"].is_running


def test_long_output_is_cut_to_its_end(engine: ShellJobEngine, execution: Make, ended: Ended) -> None:
    """The last MiB, whole lines or not."""
    job = execution("sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; echo end")
    ended(job)
    output = engine.get_job_output(job).stdout
    assert (len(output), output[-5:]) == (1024 * 1024, "xend\n")
