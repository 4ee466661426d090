"""Reading what masters and workers say; the samples were said by real ones."""

import json
from collections.abc import Callable

import pytest

from serai.builtin_plugins.spark.master import UnreadableAnswer, parse_master, parse_worker
from serai.builtin_plugins.spark.topology import Address

LINES = ("4.3.0", "3.5.9")
Captured = Callable[[str], bytes]


def by_state(answer: bytes) -> dict[str, set[str]]:
    """Hosts by the state of their worker."""
    state = parse_master(answer)
    names = ("ALIVE", "DECOMMISSIONED", "DEAD")
    return {name: {address.host for address in state.in_state(name)} for name in names if state.in_state(name)}


@pytest.mark.parametrize("line", LINES)
def test_a_worker_that_drains_is_decommissioned(captured: Captured, line: str) -> None:
    """The master lists it so while its executor still runs."""
    assert by_state(captured(f"master-draining-{line}")) == {"ALIVE": {"127.0.9.3"}, "DECOMMISSIONED": {"127.0.9.2"}}
    assert parse_worker(captured(f"worker-draining-{line}")).executors == 1
    assert parse_master(captured(f"master-draining-{line}")).applications == ("program0.py job1",)


@pytest.mark.parametrize("line", LINES)
def test_drivers_are_known_by_their_worker(captured: Captured, line: str) -> None:
    """One that waits for a worker has none."""
    state = parse_master(captured(f"master-driving-{line}"))
    (host,) = {worker.address.host for worker in state.workers if worker.worker_id in state.driving}
    assert host == "127.0.9.3"
    assert parse_master(captured(f"master-draining-{line}")).driving == frozenset()


@pytest.mark.parametrize("line", LINES)
def test_a_worker_that_was_stopped_is_dead(captured: Captured, line: str) -> None:
    """And stays in the list."""
    assert by_state(captured(f"master-dead-{line}")) == {"DECOMMISSIONED": {"127.0.9.2"}, "DEAD": {"127.0.9.3"}}


def test_a_worker_that_came_back_is_not_its_dead_self(captured: Captured) -> None:
    """Whatever the order of the list."""
    document = json.loads(captured("master-dead-4.3.0"))
    dead = next(worker for worker in document["workers"] if worker["state"] == "DEAD")
    back = {**dead, "state": "ALIVE", "id": "worker-2"}
    for workers in ([dead, back], [back, dead]):
        answer = json.dumps({**document, "workers": workers, "aliveworkers": 1}).encode()
        assert parse_master(answer).state_of(Address(dead["host"], dead["port"])) == "ALIVE"


def test_addresses_are_compared_as_a_whole(captured: Captured) -> None:
    """Neither a prefix of a host nor another port is the worker meant."""
    state = parse_master(captured("master-draining-4.3.0"))
    assert state.state_of(Address("127.0.9.2", 7078)) == "DECOMMISSIONED"
    assert [state.state_of(Address(*each)) for each in (("127.0.9.20", 7078), ("127.0.9.2", 7079))] == ["", ""]


@pytest.mark.parametrize(
    "change",
    [
        {"workers": None},
        {"workers": {}},
        {"workers": ["x"]},
        {"aliveworkers": 2},
        {"aliveworkers": "1"},
        {"activeapps": [{}]},
        {"activedrivers": None},
        {"status": 1},
        {"workers": [{"host": "127.0.9.3", "port": "7078", "state": "ALIVE", "id": "w", "cores": 1, "memory": 1}]},
        {"workers": [{"host": "127.0.9.3", "port": True, "state": "ALIVE", "id": "w", "cores": 1, "memory": 1}]},
    ],
    ids=str,
)
def test_anything_else_is_no_answer(captured: Captured, change: dict[str, object]) -> None:
    """A field that is missing, of another kind, or in contradiction with another one."""
    document = {**json.loads(captured("master-draining-4.3.0")), **change}
    with pytest.raises(UnreadableAnswer) as error:
        parse_master(json.dumps(document).encode(), "demo-master-1")
    assert (error.value.host, error.value.code) == ("demo-master-1", "SPARK_UNREADABLE_ANSWER")


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"null", b"\xff\xfe"])
def test_what_is_no_object_is_no_answer(answer: bytes) -> None:
    """Of either."""
    for parse in (parse_master, parse_worker):
        with pytest.raises(UnreadableAnswer):
            parse(answer)
