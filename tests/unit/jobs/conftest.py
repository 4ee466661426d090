"""Jobs that really run: on one local instance."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serai.engine.remote.pool import connect
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.edp import JobExecution, JobSpec, JobStatus, JobType
from serai.hookspec.remote import LocalEndpoint
from serai.hookspec.shell_jobs import ShellJobEngine


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    """An instance of a cluster, connected; what still runs there in the end is ended."""
    cluster = Cluster("demo", "any", "1", [NodeGroup("g", 1, ["server"])])
    made = cluster.node_groups[0].add_instance(Instance("i", "demo-g-1"))
    (tmp_path / "instance").mkdir()
    remote = connect(LocalEndpoint(made.instance_name, str(tmp_path / "instance")))
    made.bind(remote)
    yield made
    remote.services.remove(list(remote.services.status()))
    remote.close()


@pytest.fixture
def execution() -> Callable[..., JobExecution]:
    """Makes a Shell job of a command, or of the fields of a JobSpec."""

    def make(*args: str, name: str = "1", **fields: object) -> JobExecution:
        return JobExecution(name, "demo", JobSpec(JobType.SHELL, args=args, **fields))  # type: ignore[arg-type]

    return make


@pytest.fixture
def engine(instance: Instance) -> ShellJobEngine:
    """An engine for Shell jobs beside the process ``server``."""
    return ShellJobEngine(instance.node_group.cluster, "server")


@pytest.fixture
def ended(engine: ShellJobEngine) -> Callable[[JobExecution], dict[str, object]]:
    """Submits a job and waits for its end: its last info."""

    def run(execution: JobExecution) -> dict[str, object]:
        execution.engine_job_id, _, _ = engine.run_job(execution)
        return wait(engine, execution)

    return run


def wait(engine: ShellJobEngine, execution: JobExecution) -> dict[str, object]:
    """Poll until the job ended; a test's own time limit ends it otherwise."""
    for _ in range(1000):
        info = engine.get_job_status(execution)
        if info is not None and JobStatus(info["status"]).is_final:
            return info
    raise AssertionError(f"job {execution.id} does not end")
