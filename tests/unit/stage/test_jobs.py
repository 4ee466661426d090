"""Jobs on hosts in memory."""

from pathlib import Path

from smallest_plugin import Smallest

from serai.hookspec.edp import JobExecution, JobSpec, JobStatus, JobType
from serai.hookspec.job_files import main_path
from serai.hookspec.process_jobs import ProcessJobEngine
from serai.hookspec.testing.stage import Stage


class Shell(ProcessJobEngine):
    """Runs its program with sh."""

    job_types = (JobType.SHELL,)

    def command(self, execution, instance, directory):
        return ("sh", main_path(execution, directory))


def test_a_job_runs_until_it_is_cancelled_and_never_again(tmp_path: Path) -> None:
    """As on real machines: the mark of one that was cancelled is a file, and was not there before."""
    program = tmp_path / "main.sh"
    program.write_text("sleep 60\n")
    stage = Stage(Smallest())
    [process] = [each for names in stage.get_node_processes("1").values() for each in names]
    cluster = stage.cluster({"all": ([process], 1)})
    jobs, execution = Shell(cluster, process), JobExecution("1", cluster.name, JobSpec("Shell", main=str(program)))
    execution.engine_job_id, status, _ = jobs.run_job(execution)
    assert status is JobStatus.RUNNING
    assert jobs.cancel_job(execution)["status"] is JobStatus.KILLED
    assert jobs.run_job(execution)[1] is JobStatus.KILLED
