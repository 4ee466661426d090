"""Transcripts are played again on hosts in memory."""

import platform
from pathlib import Path

import pytest
from attrs import evolve
from smallest_plugin import Smallest

from serai.builtin_plugins.dask.plugin import DASK
from serai.hookspec import hookimpl
from serai.hookspec.artifacts import Artifact
from serai.hookspec.errors import CommandFailed, DeadlineExceeded, RemoteError, ServiceFailed
from serai.hookspec.health import HealthColor
from serai.hookspec.remote import File
from serai.hookspec.secrets import Secret
from serai.hookspec.services import Listening, Service, ServiceState
from serai.hookspec.testing.fleet import (
    CRASH,
    Crash,
    Exchange,
    Fleet,
    NotRecorded,
    StoredFile,
    Transcript,
    TranscriptDiffers,
    VirtualClock,
    garbage,
    said,
)
from serai.hookspec.testing.stage import Stage

DASK_RUN = Transcript.read(Path(__file__).with_name("dask.jsonl"))
"""Made by ``serai up``, ``health``, ``scale`` and ``down``, with ``--transcript``."""

SERVICE = Service("s", ["s"], ready=[Listening(7)])
STARTED = {"argv": ["s"], "ready": [{"port": 7}]}


def like_this_machine(facts):
    return evolve(facts, python_version=platform.python_version(), architecture=platform.machine())


def dask_stage():
    fleet = Fleet(clock=VirtualClock())
    return Stage({"dask": DASK}, fleet), fleet.replay(DASK_RUN, facts=like_this_machine)


def ran(*words, stdout="", status=0, host="nodes-1"):
    return Exchange(host, "run", words, answer={"status": status, "stdout": stdout, "stderr": ""})


def played(*exchanges, count=1):
    """A connected machine that answers so, the replay, and the fleet."""
    fleet = Fleet(clock=VirtualClock())
    replay = fleet.replay(Transcript(exchanges))
    cluster = Stage({"smallest": Smallest()}, fleet).cluster({"nodes": (["smallest"], count)}, name="other")
    return cluster.instances[0].remote, replay, fleet


def test_a_real_run_comes_to_the_same_end_in_memory():
    """Another cluster's name, other addresses, no Dask, no waiting: the same processes, files and health."""
    stage, replay = dask_stage()
    cluster = stage.cluster({"scheduler": (["scheduler"], 1), "workers": (["worker"], 1)}, name="other")
    stage.create(cluster)
    assert {check.check().color for check in stage.get_health_checks(cluster)} == {HealthColor.GREEN}
    assert stage.fleet.listeners("other-scheduler-1") == dict.fromkeys((8786, 8787), "dask-scheduler")
    assert "/opt/serai/other/conf/dask/serai.yaml" in stage.fleet.host("other-workers-1").files
    stage.scale(cluster, {"workers": 2})
    assert stage.fleet.listeners("other-workers-2") == {8788: "dask-worker"}
    stage.scale(cluster, {"workers": 1})
    assert [each.instance_name for each in cluster.instances] == ["other-scheduler-1", "other-workers-1"]
    stage.delete(cluster)
    replay.check()
    assert replay.unused == ()


def test_what_a_plugin_does_otherwise_is_told_in_full():
    """Another value makes other arguments; calls that are left out are missing."""
    stage, replay = dask_stage()
    cluster = stage.cluster(
        {"scheduler": (["scheduler"], 1), "workers": (["worker"], 1)}, values={"service:Dask": {"Worker threads": 7}}
    )
    stage.create(cluster)
    with pytest.raises(TranscriptDiffers) as caught:
        replay.check()
    assert "sent otherwise: workers-1: start dask-worker: argv[16]: '2' became '7'" in caught.value.message
    assert "no longer asked: workers-2: start dask-worker" in caught.value.message
    assert {each.hook for each in replay.unused} == {
        "get_health_checks",
        "scale_cluster",
        "decommission_nodes",
        "on_terminate_cluster",
    }


def test_a_call_that_was_never_recorded_names_the_nearest():
    """With the hook that made it; and it is no error that one waits for or does without."""
    remote, replay, _ = played(evolve(ran("java", "-version"), hook="start_cluster", step="Look"), ran("uptime"))
    with pytest.raises(NotRecorded) as caught:
        remote.run("java", "--version")
    assert not isinstance(caught.value, RemoteError)
    assert caught.value.place == "other-nodes-1"
    assert caught.value.message == (
        "nodes-1: run java --version was never recorded;"
        " the nearest is nodes-1: run java -version (start_cluster, Look)"
    )
    with pytest.raises(TranscriptDiffers, match="not recorded: nodes-1: run java --version"):
        replay.check()


def test_a_machine_that_was_never_recorded_names_those_that_were():
    remote, _, _ = played(ran("uptime", host="workers-1"))
    with pytest.raises(NotRecorded, match=r"nodes-1: run uptime was never recorded: the transcript has workers-1"):
        remote.run("uptime")


def test_answers_to_one_call_come_in_order_and_the_last_one_again():
    """Of each call by itself, whatever comes between."""
    remote, _, _ = played(ran("a", stdout="1"), ran("b", stdout="x"), ran("a", stdout="2"))
    assert [remote.run(word).stdout for word in "aabaab"] == ["1", "2", "x", "2", "2", "x"]


def test_placeholders_are_filled_with_the_values_of_hosts_in_memory():
    """In what is asked, and in what comes back."""
    remote, _, _ = played(ran("ls", "@{prefix}/x", "@{nodes-2}", stdout="@{nodes-2.address} @{home} @{}x"), count=2)
    assert remote.run("ls", "/opt/serai/other/x", "other-nodes-2").stdout == "10.0.0.2 /home/serai @{x"


def test_errors_are_raised_again():
    """As they were, on the machine of now."""
    log = {"error": "ServiceFailed", "message": "s ended", "details": {"log": "no @{prefix}"}}
    remote, _, fleet = played(
        Exchange("nodes-1", "run", ["x"], failure={"error": "DeadlineExceeded", "message": "not within 3 s"}),
        Exchange(
            "nodes-1",
            "http",
            ["GET", "http://x/"],
            failure={"error": "RemoteError", "message": "404", "code": "HTTP_STATUS"},
        ),
        Exchange("nodes-1", "start", ["s"], STARTED, failure=log),
    )
    with pytest.raises(DeadlineExceeded, match="not within 3 s") as caught:
        remote.run("x")
    assert caught.value.host == "other-nodes-1"
    with pytest.raises(RemoteError) as caught:
        remote.http("http://x/")
    assert caught.value.code == "HTTP_STATUS"
    with pytest.raises(ServiceFailed) as caught:
        remote.services.start(SERVICE)
    assert caught.value.details == {"log": "no /opt/serai/other"}
    assert not fleet.host("other-nodes-1").processes.status("s").is_running


def test_a_service_that_ended_by_itself_ends_in_memory():
    """What was recorded of it is what hosts agree with."""
    ended = [{"name": "s", "state": "exited", "exit_code": 3}]
    remote, _, fleet = played(
        Exchange("nodes-1", "start", ["s"], STARTED, answer=True),
        Exchange("nodes-1", "status", ["s"], answer=[{"name": "s", "state": "running"}]),
        Exchange("nodes-1", "status", ["s"], answer=ended),
    )
    assert remote.services.start(SERVICE)
    assert remote.services.status("s")["s"].pid
    assert fleet.listeners("other-nodes-1") == {7: "s"}
    assert remote.services.status("s")["s"].state is ServiceState.EXITED
    assert fleet.listeners("other-nodes-1") == {}


def test_what_a_status_that_is_not_0_comes_to_depends_on_who_asks():
    remote, _, _ = played(ran("test", "-d", "/x", status=1))
    assert remote.run("test", "-d", "/x", check=False).status == 1
    with pytest.raises(CommandFailed):
        remote.run("test", "-d", "/x")


@pytest.mark.parametrize(
    ("exchange", "ask"),
    [
        (Exchange("nodes-1", "get", ["/x"], answer={"base64": "/w=="}), lambda remote: remote.get("/x") == b"\xff"),
        (
            Exchange("nodes-1", "http", ["GET", "http://x"], answer={"base64": "/w=="}),
            lambda r: r.http("http://x") == b"\xff",
        ),
        (
            Exchange("nodes-1", "log", ["s", "stdout"], answer="up"),
            lambda r: r.services.log("s", stream="stdout") == "up",
        ),
        (Exchange("nodes-1", "runs", ["s"], STARTED, answer=True), lambda remote: remote.services.runs(SERVICE)),
        (Exchange("nodes-1", "signal", ["s", "HUP"]), lambda remote: remote.services.signal("s", "HUP") is None),
        (Exchange("nodes-1", "stop", ["s"], answer=True), lambda remote: remote.services.stop("s")),
        (Exchange("nodes-1", "remove services", ["s"]), lambda remote: remote.services.remove(["s"]) is None),
        (Exchange("nodes-1", "remove", ["@{prefix}/x"]), lambda r: r.remove([f"{r.layout.prefix}/x"]) is None),
        (Exchange("nodes-1", "restart", ["s"], STARTED), lambda remote: remote.services.restart(SERVICE) is None),
        (Exchange("nodes-1", "facts", answer={"cpus": 3, "hostname": "@{hostname}"}), lambda r: r.facts.cpus == 3),
    ],
    ids=lambda each: each.call if isinstance(each, Exchange) else "",
)
def test_each_kind_of_call_is_answered(exchange, ask):
    remote, replay, _ = played(exchange)
    assert ask(remote)
    replay.check()


def test_files_are_copied_both_ways(tmp_path):
    """What is downloaded is what was recorded."""
    remote, replay, fleet = played(
        Exchange("nodes-1", "upload", ["/x"], answer=False),
        Exchange("nodes-1", "download", ["/y"], answer={"text": "y"}),
    )
    (tmp_path / "x").write_text("x")
    assert remote.upload(tmp_path / "x", "/x") is False
    assert fleet.host("other-nodes-1").files["/x"].content == b"x"
    remote.download("/y", tmp_path / "y")
    assert (tmp_path / "y").read_text() == "y"
    replay.check()


def test_what_was_withheld_is_what_the_host_in_memory_has():
    """Put there by the plugin, or by the test."""
    remote, replay, fleet = played(
        Exchange("nodes-1", "put", ["/a"], {"files": [{"secret": True, "mode": "600"}]}, answer=["/a"]),
        Exchange("nodes-1", "get", ["/a"], answer={"withheld": "secret"}),
        Exchange("nodes-1", "get", ["/b"], answer={"withheld": "secret"}),
    )
    assert remote.put({"/a": Secret("x")}) == {"/a"}
    assert remote.get("/a") == b"x"
    with pytest.raises(NotRecorded, match="not in the transcript"):
        remote.get("/b")
    fleet.host("other-nodes-1").files["/b"] = StoredFile(b"b", 0o600, "")
    assert remote.get("/b") == b"b"
    replay.check()


def test_a_file_with_another_content_or_mode_is_told():
    """By its digest: the transcript does not have it."""
    veiled = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    files = {"files": [{"sha256": veiled, "size": 1, "mode": "644"}]}
    remote, replay, _ = played(Exchange("nodes-1", "put", ["/a"], files, answer=[]))
    assert remote.put({"/a": File("y", 0o755)}) == frozenset()
    assert [line.partition(": put /a: ")[2].partition(":")[0] for line in replay.changed] == [
        "files[0].mode",
        "files[0].sha256",
    ]


def test_a_crash_takes_no_answer_away():
    """Whoever goes on is answered as if nobody had asked."""
    remote, _, fleet = played(ran("a", stdout="1"), ran("a", stdout="2"))
    fleet.journal.plan(CRASH)
    with pytest.raises(Crash):
        remote.run("a")
    assert remote.run("a").stdout == "1"


def test_faults_and_newer_rules_go_before_what_was_recorded():
    """To see what a plugin makes of what did not happen."""
    remote, _, fleet = played(ran("a", stdout="1"), ran("b"))
    fleet.journal.plan(garbage("<html>"))
    assert remote.run("a").stdout == "<html>"
    fleet.answer(["b"], said("mine"))
    assert remote.run("b").stdout == "mine"


def test_hosts_are_like_the_machines_that_were_recorded():
    """Also for hooks that ask before there are any."""
    fleet = Fleet()
    fleet.replay(
        Transcript([Exchange("nodes-1", "facts", answer={"cpus": 64, "machine_id": "one", "python": "@{python}"})]),
        facts=lambda facts: evolve(facts, memory_mb=7),
    )
    facts = fleet.get_machine_facts()
    assert (facts.cpus, facts.machine_id, facts.memory_mb, facts.python) == (64, "one", 7, "/usr/bin/python3")


class Fetching(Smallest):
    @hookimpl
    def configure_cluster(self, cluster, run):
        instance = cluster.instances[0]
        instance.remote.run("ls", run.artifact(instance, Artifact("a", "1", ())))


def test_artifacts_are_where_the_stage_puts_them():
    """Wherever they were when it was recorded."""
    fleet = Fleet()
    replay = fleet.replay(Transcript([Exchange("nodes-1", "artifact", ["a", "1"]), ran("ls", "@{artifact.a-1}")]))
    stage = Stage({"fetching": Fetching()}, fleet)
    stage.configure_cluster(stage.cluster({"nodes": (["smallest"], 1)}))
    replay.check()
