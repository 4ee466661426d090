"""What is recorded of what hooks ask of machines."""

import logging
import stat
import tarfile
from hashlib import sha256

import pytest

from serai.engine import Engine
from serai.hookspec.artifacts import Artifact, Tarball
from serai.hookspec.errors import CommandFailed, SeraiError, ServiceFailed
from serai.hookspec.remote import File
from serai.hookspec.services import Listening, LogLine, Service
from serai.hookspec.testing.fleet import said

CANARY = "kanarienvogel-4711"

SERVICE = Service("s", ["s", "--on", "7"], env={"KEY": CANARY}, ready=[Listening(7, "10.0.0.1"), LogLine("up")])


def calls(exchanges):
    return [(each.call, *each.words) for each in exchanges]


def test_every_call_is_recorded_with_its_answer(studio):
    """In order, with the hook and the step it was made in."""
    studio.fleet.answer(["uptime"], said("1 day", stderr="or so", status=3))
    studio.fleet.serve("s", lambda host, service, asked: "pong")

    def work(instance, run):
        remote, services = instance.remote, instance.remote.services
        remote.run("uptime", check=False, env={"LANG": "C"}, cwd="/srv", root=True)
        remote.script("echo $1", "x")
        remote.put({f"{remote.layout.conf}/a": "x", f"{remote.layout.conf}/b": File(b"\xff", 0o755, "me")})
        remote.get(f"{remote.layout.conf}/b")
        remote.facts  # noqa: B018 - asking is what is recorded
        services.start(SERVICE)
        services.status()
        remote.http(f"http://{instance.internal_ip}:7/", data=b"ping")
        services.stop("s")
        services.log("s", stream="stdout")
        remote.remove([f"{remote.layout.conf}/a"])

    recorded = studio.record(work)
    assert {(each.host, each.hook, each.step) for each in recorded} == {("nodes-1", "configure_cluster", "Work")}
    assert calls(recorded) == [
        ("run", "uptime"),
        ("run", "sh", "-c", "echo $1", "sh", "x"),
        ("put", "@{prefix}/conf/a", "@{prefix}/conf/b"),
        ("get", "@{prefix}/conf/b"),
        ("facts",),
        ("start", "s"),
        ("status",),
        ("http", "POST", "http://@{nodes-1.address}:7/"),
        ("stop", "s"),
        ("log", "s", "stdout"),
        ("remove", "@{prefix}/conf/a"),
    ]
    by_call = {each.call: each for each in reversed(recorded)}
    assert by_call["run"].answer == {"status": 3, "stdout": "1 day", "stderr": "or so"}
    assert by_call["run"].sent == {"env": ["LANG"], "cwd": "/srv", "root": True}
    assert by_call["put"].answer == ["@{prefix}/conf/a", "@{prefix}/conf/b"]
    assert [(each["mode"], each["size"], each.get("owner")) for each in by_call["put"].sent["files"]] == [
        ("644", 1, None),
        ("755", 1, "me"),
    ]
    assert by_call["get"].answer == {"base64": "/w=="}
    assert by_call["start"].answer is True
    assert by_call["start"].sent == {
        "argv": ["s", "--on", "7"],
        "env": ["KEY"],
        "ready": [{"port": 7, "address": "@{nodes-1.address}"}, {"text": "up"}],
    }
    assert by_call["status"].answer == [{"name": "s", "state": "running"}]
    assert by_call["http"].answer == {"text": "pong"}


def test_errors_are_recorded(studio):
    """As who made the call saw them."""
    studio.fleet.answer(["false"], said(stderr="no\nway", status=1))
    studio.fleet.host("demo-nodes-1").processes.broken["s"] = "port 7 is taken"

    def work(instance, run):
        with pytest.raises(CommandFailed):
            instance.remote.run("false")
        with pytest.raises(ServiceFailed):
            instance.remote.services.start(SERVICE)

    command, service = studio.record(work)
    assert command.failure["error"] == "CommandFailed"
    assert command.failure["details"] == {"argv": ["false"], "status": 1, "stderr": ["no", "way"]}
    assert (service.failure["error"], service.failure["details"]) == ("ServiceFailed", {"log": "port 7 is taken"})


def test_what_a_probe_finds_again_and_again_is_recorded_once(studio):
    """How often it looks is chance."""
    answers = iter(["no", "no", "no", "soon", "soon", "yes"])
    studio.fleet.answer(["ready"], lambda host, asked: said(next(answers)))

    def work(instance, run):
        probe = lambda: instance.remote.run("ready").stdout == "yes"  # noqa: E731
        run.wait_until(probe, what="it", timeout=10, interval=0.001)

    assert [each.answer["stdout"] for each in studio.record(work)] == ["no", "soon", "yes"]


def test_an_artifact_is_delivered_unseen(studio, tmp_path):
    """How it gets there is the engine's affair; where it is has a placeholder."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_text("x")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "a", "a")
    digest = sha256((tmp_path / "a.tar.gz").read_bytes()).hexdigest()
    artifact = Artifact("a", "1", [Tarball(f"file://{tmp_path}/a.tar.gz", digest)])
    recorded = studio.record(lambda instance, run: instance.remote.run("ls", run.artifact(instance, artifact)))
    assert calls(recorded) == [("artifact", "a", "1"), ("run", "ls", "@{artifact.a-1}")]


def test_what_the_engine_asks_itself_is_not_recorded(studio):
    """It looks at machines before hooks do, and for what their health is: on a stage nobody does."""
    with studio.engine(lambda instance, run: None) as engine:
        engine.clusters.create(studio.spec("demo")).result(30)
        engine.clusters.health("demo")
    assert studio.recorded == ()


def test_a_transcript_goes_on_where_it_ended(studio):
    """One command after the other; what a machine is like is told once."""
    for _ in range(2):
        recorded = studio.record(lambda instance, run: (instance.remote.run("a"), instance.remote.facts))
    assert calls(recorded) == [("run", "a"), ("facts",), ("run", "a")]


def test_a_transcript_is_of_one_cluster(studio, caplog):
    """Which is said when there is another."""
    studio.record(lambda instance, run: instance.remote.run("one"))
    with studio.engine(lambda instance, run: instance.remote.run("two")) as engine, caplog.at_level(logging.WARNING):
        engine.clusters.create(studio.spec("first")).result(30)
        engine.clusters.create(studio.spec("other")).result(30)
    assert calls(studio.recorded) == [("run", "one"), ("run", "two")]
    assert "the transcript is of cluster first; nothing of other stands in it" in caplog.text


def test_what_was_recorded_is_there_whatever_comes(studio):
    """Each call is in the file when it returns."""

    def work(instance, run):
        instance.remote.run("first")
        assert calls(studio.recorded) == [("run", "first")]
        instance.remote.run("second")
        assert len(studio.recorded) == 2

    studio.record(work)


def test_many_threads_record_whole_lines(studio):
    """On many machines at once."""
    recorded = studio.record(lambda instance, run: [instance.remote.run("x" * 500) for _ in range(20)], count=20)
    assert len(recorded) == 400
    assert len({each.host for each in recorded}) == 20


def test_a_transcript_is_its_owners_alone(studio):
    studio.record(lambda instance, run: None)
    assert stat.S_IMODE(studio.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("obstacle", ["nosuch/t.jsonl", "directory", "letter"])
def test_a_file_that_cannot_be_one_is_refused_before_anything_is_done(tmp_path, obstacle):
    """What is there stays as it is."""
    (tmp_path / "directory").mkdir()
    (tmp_path / "letter").write_text("Dear Sir,\n")
    with pytest.raises(SeraiError) as caught:
        Engine.open(f"sqlite:///{tmp_path}/serai.db", transcript=tmp_path / obstacle)
    assert (caught.value.code, caught.value.place) == ("OUTPUT_UNUSABLE", str(tmp_path / obstacle))
    assert not (tmp_path / "serai.db").exists()
    assert (tmp_path / "letter").read_text() == "Dear Sir,\n"


def test_a_transcript_that_cannot_be_gone_on_with_is_told_once(studio, caplog, monkeypatch):
    """What is recorded goes on; what was written stays a transcript."""

    def work(instance, run):
        instance.remote.run("first")
        monkeypatch.setattr("serai.engine.recording.file.os.write", lambda handle, data: 3)
        instance.remote.run("second")
        instance.remote.run("third")

    with caplog.at_level(logging.WARNING, "serai.recording"):
        assert calls(studio.record(work)) == [("run", "first")]
    assert caplog.text.count("is not complete") == 1


def test_what_cannot_be_recorded_stops_nobody(studio, caplog):
    """The call was made: its answer is returned, and that the transcript lacks it is told."""

    class Changing(dict):
        """Is changed by another thread just when it is looked at."""

        looks = 0

        def values(self):
            self.looks += 1
            if self.looks == 1:
                raise RuntimeError("changed size")
            return super().values()

    def work(instance, run):
        instance.remote.run("first")
        instance.node_group.cluster.extra["x"] = Changing()
        assert instance.remote.run("second").status == 0

    with caplog.at_level(logging.WARNING, "serai.recording"):
        assert calls(studio.record(work)) == [("run", "first")]
    assert caplog.text.count("is not complete: changed size") == 1
