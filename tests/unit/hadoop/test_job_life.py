"""The life of a job on YARN: found again, never submitted twice, killed. Hosts and YARN are in memory."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import define, field

from serai.builtin_plugins.hadoop.plugin import HADOOP
from serai.hookspec.edp import JobEngine, JobExecution, JobSpec, JobStatus, JobType
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.remote import CompletedCommand
from serai.hookspec.testing.fleet import Asked, Fleet, FleetHost, said

MASTER = "demo-master-1"
SERVICE = "job-x1"


@define
class Yarn:
    """A ResourceManager and a history server, as far as jobs ask them."""

    applications: list[dict] = field(factory=list)
    killed_by: list[str] = field(factory=list)
    unwilling: bool = False

    def __call__(self, host: FleetHost, asked: Asked) -> CompletedCommand:
        method, url = asked.argv
        if method == "PUT":
            identifier = url.split("/apps/")[1].split("/")[0]
            self.killed_by.append(url.partition("user.name=")[2])
            assert json.loads(asked.stdin) == {"state": "KILLED"}
            if not self.unwilling:
                self.end(identifier, "KILLED", state="KILLED")
            return said("{}")
        if "applicationTags=serai-job-x1" in url:
            return said(json.dumps({"apps": {"app": self.applications} if self.applications else None}))
        if url.endswith("/counters"):
            group = {"counterGroupName": "g", "counter": [{"name": "RECORDS", "totalCounterValue": 7}]}
            return said(json.dumps({"jobCounters": {"id": "x", "counterGroup": [group]}}))
        if url.endswith("/tasks"):
            return said('{"tasks": {"task": [{"id": "task_1_m_0", "state": "FAILED"}]}}')
        if url.endswith("/attempts"):
            attempt = {"id": "attempt_1", "state": "FAILED", "assignedContainerId": "container_1"}
            return said(json.dumps({"taskAttempts": {"taskAttempt": {**attempt, "nodeHttpAddress": "w:8042"}}}))
        if "/history/containerlogs/container_1/stderr" in url:
            return said("LogType:stderr\nLogContents:\nmy own trouble\n\nEnd of LogType:stderr\n")
        return said(status=404)

    def begin(self, identifier: str = "application_1_0001") -> None:
        """YARN has an application of the job."""
        self.applications.append(
            {
                "id": identifier,
                "applicationType": "MAPREDUCE",
                "state": "RUNNING",
                "finalStatus": "UNDEFINED",
                "progress": 25.0,
                "diagnostics": "",
            }
        )

    def end(self, identifier: str, final: str, state: str = "FINISHED") -> None:
        """An application ends."""
        for each in self.applications:
            if each["id"] == identifier:
                each.update(state=state, finalStatus=final, diagnostics=f"it is {final}")


@define
class Stage:
    """A cluster in memory, a job on it, and what runs it."""

    cluster: Cluster
    fleet: Fleet
    yarn: Yarn
    execution: JobExecution

    @property
    def master(self) -> FleetHost:
        return self.fleet.host(MASTER)

    def engine(self) -> JobEngine:
        """A new one each time, as each use has its own."""
        found = HADOOP.get_edp_engine(self.cluster, self.execution.spec.type)
        assert found is not None
        return found

    def submit(self) -> None:
        """As the engine does, up to the record."""
        self.execution.engine_job_id, self.execution.status, _ = self.engine().run_job(self.execution)

    def starts(self) -> int:
        """How often a client was started."""
        return sum(1 for call in self.master.calls if call.kind == "start")


@pytest.fixture
def stage(cluster: Callable[..., Cluster], tmp_path: Path) -> Stage:
    """A streaming job, ready to be submitted."""
    fleet, yarn, made = Fleet(), Yarn(), cluster()
    for group in made.node_groups:
        for number in range(1, group.count + 1):
            host = fleet.host(f"demo-{group.name}-{number}")
            instance = group.add_instance(Instance(host.name, host.name, host.address, host.address))
            instance.bind(fleet.get_endpoint(made, instance).remote)
    fleet.answer(lambda asked: asked.argv[0] in ("GET", "PUT"), yarn)
    fleet.answer(("test", "-e"), lambda host, asked: said(status=0 if _is_there(host, asked.argv[2]) else 1))
    program = tmp_path / "map.py"
    program.write_text("x")
    arguments = ("-input", "/i", "-output", "/o")
    spec = JobSpec(JobType.MAPREDUCE_STREAMING, str(program), args=arguments, configs={"fs.s3a.secret.key": "s3same"})
    return Stage(made, fleet, yarn, JobExecution("x1", "demo", spec))


def _is_there(host: FleetHost, path: str) -> bool:
    return any(f"{known}/".startswith(f"{path}/") for known in host.files)


def test_a_job_runs_ends_and_is_counted(stage: Stage) -> None:
    """Its applications are told with their progress, its counters in the end."""
    stage.submit()
    assert (stage.execution.engine_job_id, stage.execution.status) == (f"{SERVICE}@{MASTER}", JobStatus.RUNNING)
    stage.yarn.begin()
    info = stage.engine().get_job_status(stage.execution)
    assert info is not None
    assert (info["status"], info["applications"][0]["progress"]) == (JobStatus.RUNNING, 25.0)
    stage.master.processes.end(SERVICE, 0)
    stage.yarn.end("application_1_0001", "SUCCEEDED")
    info = stage.engine().get_job_status(stage.execution)
    assert info is not None
    assert info["status"] is JobStatus.SUCCEEDED
    assert info["counters"] == {"job_1_0001": {"g": {"RECORDS": 7}}}


def test_secrets_are_in_private_files_and_in_no_argument(stage: Stage) -> None:
    """Each of Hadoop's files has them, as a program reads these in an order of its own."""
    stage.submit()
    holding = {path: file for path, file in stage.master.files.items() if b"s3same" in file.content}
    assert {path.rsplit("/", 1)[1] for path in holding} == {f"{n}-site.xml" for n in ("core", "hdfs", "yarn", "mapred")}
    assert {file.mode for file in holding.values()} == {0o600}
    assert not [call for call in stage.master.calls if "s3same" in "".join(call.words)]


def test_an_engine_that_died_before_the_record_finds_its_job(stage: Stage) -> None:
    """By its client."""
    stage.engine().run_job(stage.execution)
    assert stage.starts() == 1
    stage.submit()
    assert stage.starts() == 1
    assert stage.execution.engine_job_id == f"{SERVICE}@{MASTER}"


def test_a_job_that_yarn_has_is_not_submitted_again(stage: Stage) -> None:
    """Though nothing is left of its client."""
    stage.engine().run_job(stage.execution)
    stage.yarn.begin()
    stage.master.processes.forget(SERVICE)
    stage.submit()
    assert stage.starts() == 1
    stage.yarn.end("application_1_0001", "SUCCEEDED")
    info = stage.engine().get_job_status(stage.execution)
    assert info is not None
    assert info["status"] is JobStatus.SUCCEEDED


def test_nothing_is_submitted_while_yarn_cannot_be_asked(stage: Stage) -> None:
    """It might have the job."""
    stage.fleet.answer(lambda asked: "applicationTags" in asked.argv[-1], said("<html>"))
    with pytest.raises(Exception, match="ResourceManager"):
        stage.submit()
    assert stage.starts() == 0


def test_a_cancelled_job_ends_everywhere(stage: Stage) -> None:
    """Its client, and its applications, in the name of who runs YARN."""
    stage.submit()
    stage.yarn.begin()
    info = stage.engine().cancel_job(stage.execution)
    assert info is not None
    assert (info["status"], stage.yarn.killed_by) == (JobStatus.KILLED, [stage.master.facts.user])
    assert not stage.master.processes.status(SERVICE).is_running


def test_a_job_is_not_killed_before_its_application_is(stage: Stage) -> None:
    """YARN takes its time; whoever cancels asks again."""
    stage.submit()
    stage.yarn.begin()
    stage.yarn.unwilling = True
    info = stage.engine().cancel_job(stage.execution)
    assert info is not None
    assert info["status"] is JobStatus.RUNNING
    stage.yarn.unwilling = False
    info = stage.engine().cancel_job(stage.execution)
    assert info is not None
    assert info["status"] is JobStatus.KILLED


def test_a_failed_job_shows_what_its_task_wrote(stage: Stage) -> None:
    """As the last of its own output."""
    stage.submit()
    stage.yarn.begin()
    stage.master.processes.end(SERVICE, 1)
    stage.yarn.end("application_1_0001", "FAILED")
    info = stage.engine().get_job_status(stage.execution)
    assert info is not None
    assert (info["status"], info["reason"]) == (JobStatus.FAILED, "it is FAILED")
    stage.execution.info = info
    assert stage.engine().get_job_output(stage.execution).stderr.endswith("--- stderr of attempt_1\nmy own trouble\n")


def test_a_history_server_that_does_not_answer_keeps_no_job_from_ending(stage: Stage) -> None:
    """It is told that the counters are not known, and why."""
    stage.submit()
    stage.yarn.begin()
    stage.master.processes.end(SERVICE, 0)
    stage.yarn.end("application_1_0001", "SUCCEEDED")
    stage.fleet.answer(lambda asked: "/ws/v1/history" in asked.argv[-1], said(status=503))
    info = stage.engine().get_job_status(stage.execution)
    assert info is not None
    assert info["status"] is JobStatus.SUCCEEDED
    assert "503" in info["history"]
