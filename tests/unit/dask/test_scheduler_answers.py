"""The scheduler's answers: what is read, and what is refused because it proves nothing."""

import json

import pytest

from serai.builtin_plugins.dask.scheduler import ListedWorker, UnreadableAnswer, parse_retired, parse_workers

ONE, TWO = "tcp://127.0.0.2:8788", "tcp://127.0.0.3:8788"


def test_workers_are_read_as_listed() -> None:
    """Name and address of each worker, in the scheduler's order."""
    answer = {"num_workers": 2, "workers": [{"name": "b", "address": TWO}, {"name": 7, "address": ONE}]}
    assert parse_workers(json.dumps(answer).encode()) == (ListedWorker("b", TWO), ListedWorker("7", ONE))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "ok",
        "\udcff".encode("utf-8", "surrogatepass").decode("latin-1"),
        "[]",
        "{}",
        '{"Error": "Internal Server Error"}',
        '{"num_workers": 1, "workers": []}',
        '{"num_workers": true, "workers": [{"name": "a", "address": "tcp://x:1"}]}',
        '{"num_workers": 1, "workers": [{"name": "a"}]}',
        '{"num_workers": 1, "workers": [{"name": "a", "address": ""}]}',
        '{"num_workers": 1, "workers": ["tcp://x:1"]}',
        '{"num_workers": 2, "workers": [{"address": "tcp://x:1"}, {"address": "tcp://x:1"}]}',
    ],
)
def test_any_other_list_of_workers_is_refused(answer: str) -> None:
    """Text, wrong types, disagreeing counts, missing or repeated addresses."""
    with pytest.raises(UnreadableAnswer, match="the answer to get_workers cannot be read"):
        parse_workers(answer.encode("latin-1"))


def test_retired_workers_are_those_said_to_be_closed() -> None:
    """A worker that could not retire is missing from the answer, and so from the result."""
    answer = json.dumps({ONE: {"status": "closed", "name": "a"}}).encode()
    assert parse_retired(answer, [ONE, TWO]) == {ONE}


def test_an_empty_answer_retired_nobody() -> None:
    """An empty object is a proper answer, and no evidence for anyone."""
    assert parse_retired(b"{}", [ONE]) == frozenset()


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "true",
        f'["{ONE}"]',
        f'{{"{ONE}": true}}',
        f'{{"{ONE}": {{}}}}',
        f'{{"{ONE}": {{"status": "running"}}}}',
        f'{{"{TWO}": {{"status": "closed"}}}}',
        '{"Error": "Internal Server Error"}',
    ],
)
def test_any_other_answer_to_retire_is_refused(answer: str) -> None:
    """Text, wrong types, another status, a worker nobody asked about."""
    with pytest.raises(UnreadableAnswer, match="the answer to retire_workers cannot be read"):
        parse_retired(answer.encode(), [ONE])
