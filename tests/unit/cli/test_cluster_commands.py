"""Clusters from the command line, over a real engine and real machines of the local provider."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serai.engine import Engine
from serai.engine.store.held import HeldStore
from serai.engine.store.records import OperationRecord

Serai = Callable[..., Any]
Document = Callable[..., str]


def test_a_cluster_comes_and_goes(serai: Serai, document: Document) -> None:
    """Made, listed, and removed; each with its exit code."""
    assert serai("up", document()).code == 0
    assert serai("ls").out.splitlines()[1].split()[:5] == ["demo", "camp", "2", "Active", "2"]
    gone = serai("down", "demo", "--json")
    assert (gone.code, gone.document) == (0, {"name": "demo", "deleted": True, "left": []})
    assert serai("ls", "--json").document == []


def test_up_tells_progress_on_standard_error_and_the_result_on_standard_output(
    serai: Serai, document: Document
) -> None:
    """So that a result can be piped."""
    up = serai("up", document())
    assert up.out.startswith("demo is Active")
    assert "demo-guards-1" in up.out
    assert "start  light the fire  done" in up.err


def test_with_json_there_is_one_document_and_silence(serai: Serai, document: Document) -> None:
    """A script reads everything there is from standard output."""
    up = serai("--json", "up", document())
    assert up.err == ""
    assert up.document["status"] == "Active"


def test_show_has_the_field_names_of_the_object_model_and_masks_secrets(serai: Serai, document: Document) -> None:
    """Whatever the SPI document names is found under that name."""
    serai("up", document())
    shown = serai("show", "demo", "--json")
    cluster = shown.document
    assert (cluster["hadoop_version"], cluster["plugin_name"]) == ("2", "camp")
    instance = cluster["node_groups"][0]["instances"][0]
    assert instance["internal_ip"].startswith("127.")
    assert {"instance_id", "management_ip", "nova_info", "volumes"} <= instance.keys()
    assert cluster["cluster_configs"]["service:Camp"]["Password"] == "******"
    assert "open sesame" not in shown.out + serai("show", "demo").out + serai("events", "demo", "--json").out


def test_show_tells_addresses_information_and_the_last_operation(serai: Serai, document: Document) -> None:
    """What one needs to go and look."""
    serai("up", document())
    shown = serai("show", "demo").out
    assert "Camp Fire: http://127." in shown
    assert "kind:   create" in shown
    assert "tents   1/1        tent" in shown


def test_a_mistaken_document_makes_nothing(serai: Serai, document: Document) -> None:
    """Every mistake is told, with the exit code for documents."""
    mistaken = serai("up", document(tents=-1, Mood="blue"))
    assert mistaken.code == 3
    assert mistaken.out == ""
    assert "Error: 2 errors in" in mistaken.err
    assert "node_groups[1].count" in mistaken.err
    assert "must be one of green, yellow, red (got 'blue')" in mistaken.err
    assert serai("ls", "--json").document == []


def test_the_same_mistakes_as_json(serai: Serai, document: Document) -> None:
    """On standard output, where a script looks."""
    answer = serai("up", document(Mood="blue"), "--json")
    assert answer.code == 3
    assert [error["code"] for error in answer.document["error"]["errors"]] == ["INVALID_CONFIG_VALUE"]


def test_a_failed_cluster_tells_why_and_goes_on_when_retried(serai: Serai, document: Document, tmp_path: Path) -> None:
    """What, where, and what to do next; and show says it again later."""
    obstacle = tmp_path / "obstacle"
    obstacle.touch()
    failed = serai("up", document(Obstacle=str(obstacle)))
    assert failed.code == 1
    assert "something is in the way  [OBSTACLE]" in failed.err
    assert "phase: start" in failed.err
    assert "hint: take it away" in failed.err
    assert "serai retry demo" in failed.err
    assert "Traceback" not in failed.err
    assert "something is in the way  [OBSTACLE]" in serai("show", "demo").out
    obstacle.unlink()
    assert serai("retry", "demo").code == 0
    assert serai("retry", "demo").code == 5


def test_verbose_shows_the_traceback(serai: Serai, document: Document, tmp_path: Path) -> None:
    """For those who ask."""
    failed = serai("up", "-v", document(Obstacle=str(tmp_path)))
    assert "Traceback (most recent call last)" in failed.err
    assert "start_cluster" in failed.err


def test_scaling_changes_how_many_there_are(serai: Serai, document: Document) -> None:
    """Up and down; and a group that does not exist is a mistake in the request."""
    serai("up", document())
    assert len(serai("scale", "demo", "tents=3", "--json").document["node_groups"][1]["instances"]) == 3
    assert len(serai("scale", "demo", "tents=0", "--json").document["node_groups"][1]["instances"]) == 0
    assert serai("scale", "demo", "nosuch=1").code == 3
    assert serai("scale", "demo", "tents=many").code == 2


@pytest.mark.parametrize(("mood", "code"), [("green", 0), ("yellow", 6), ("red", 7)])
def test_health_is_told_by_the_exit_code_too(serai: Serai, document: Document, mood: str, code: int) -> None:
    """The worst check decides, and stands first."""
    serai("up", document(Mood=mood))
    health = serai("health", "demo")
    assert health.code == code
    assert health.out.splitlines()[0] == f"demo is {mood}"
    assert serai("health", "demo", "--json").document["color"] == mood


def test_events_outlive_their_cluster(serai: Serai, document: Document) -> None:
    """To see what became of it; followed, they end by themselves when it is gone."""
    serai("up", document())
    serai("down", "demo")
    told = serai("events", "demo").out.splitlines()
    assert told[0].endswith("create demo started")
    assert told[-1].endswith("terminate demo done")
    assert serai("events", "demo", "--follow").out.splitlines() == told
    assert [event["kind"] for event in serai("events", "demo", "--json").document][-1] == "operation.succeeded"


@pytest.mark.parametrize(
    "command", [("show",), ("health",), ("events",), ("retry",), ("down",), ("scale", "tents=1")], ids=lambda c: c[0]
)
def test_a_cluster_that_does_not_exist_is_not_found(serai: Serai, command: tuple[str, ...]) -> None:
    """By every command that names one."""
    answer = serai(command[0], "nosuch", *command[1:])
    assert answer.code == 4
    assert answer.err.startswith("Error: there is no cluster nosuch  [CLUSTER_NOT_FOUND]")


def test_plan_touches_nothing(serai: Serai, document: Document, tmp_path: Path) -> None:
    """It tells values with where they come from, instances and processes."""
    planned = serai("plan", document(tents=2, Mood="red"))
    assert planned.code == 0
    assert "demo-tents-2" in planned.out
    rows = [line.split() for line in planned.out.splitlines()]
    assert ["general", "Mood", "red", "cluster"] in rows
    assert "open sesame" not in planned.out
    assert serai("ls", "--json").document == []
    assert serai("plan", document(Mood="blue")).code == 3
    names = [each["name"] for each in serai("plan", document(tents=2), "--json").document["instances"]]
    assert names == ["demo-guards-1", "demo-tents-1", "demo-tents-2"]


def test_a_plan_tells_what_is_done_as_root(serai: Serai, document: Document) -> None:
    """Below the groups it is done for; nothing is said of the others."""
    told = serai("plan", document()).out
    assert told.count("as root:") == 1
    assert told.index("as root:") < told.index("raise a wall") < told.index("dig a well") < told.index("group tents")
    groups = serai("plan", document(), "--json").document["node_groups"]
    assert [group["root_commands"] for group in groups] == [["raise a wall", "dig a well"], []]


def test_a_retry_of_what_succeeded_says_that_there_is_nothing_to_retry(serai: Serai, document: Document) -> None:
    """And what to do instead."""
    serai("up", document())
    refused = serai("retry", "demo")
    assert refused.code == 5
    assert "nothing to retry: the last operation on demo, create, succeeded  [WRONG_STATUS]" in refused.err
    assert "hint: see how it is: serai health demo" in refused.err


def test_a_name_that_is_none_is_not_repeated_at_length(serai: Serai, document: Document) -> None:
    """Neither on the command line nor in a document; with --json it is all there."""
    endless = "a" * 5000
    named = Path(document())
    named.write_text(named.read_text().replace("demo", endless))
    for command in (["show", endless], ["plan", str(named)]):
        refused = serai(*command)
        assert refused.code in (3, 4)
        assert " …" in refused.err
        assert len(refused.err) < 2500
        assert "[" in refused.err.splitlines()[0][-30:]
    assert endless in serai("show", endless, "--json").document["error"]["message"]


def test_a_document_can_come_from_standard_input(
    serai: Serai, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named by a dash."""
    with Path(document()).open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert serai("plan", "-", "--json").document["name"] == "demo"


def test_a_cluster_that_another_process_works_on_is_busy(serai: Serai, document: Document, tmp_path: Path) -> None:
    """With an exit code of its own, and with who is at work on it."""
    serai("up", document())
    with Engine.open(f"sqlite:///{tmp_path}/serai.db", discover=False) as another:
        record = OperationRecord("aaaa", another.clusters.get("demo").id, "demo", "scale", owner="elsewhere:1:1")
        lease = another._store.begin_operation(record)
        busy = serai("down", "demo")
        assert busy.code == 5
        assert "operation: aaaa" in busy.err
        HeldStore(another._store, lease).let_go()
    assert serai("down", "demo").code == 0
