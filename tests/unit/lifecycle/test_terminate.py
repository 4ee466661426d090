"""Ending a cluster."""

import threading

import pytest

from serai.hookspec import hookimpl
from serai.hookspec.errors import OperationCancelled
from serai.hookspec.testing.fleet import Fleet


class Watched(Fleet):
    """A fleet that tells when it is asked what it has, and answers when it may."""

    def __init__(self):
        super().__init__()
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()

    @hookimpl
    def list_machines(self, cluster_id):
        self.asked.set()
        self.may_answer.wait(30)
        return super().list_machines(cluster_id)


@pytest.fixture
def fleet():
    return Watched()


@pytest.mark.parametrize("force", [False, True])
def test_an_end_that_is_cancelled_forgets_nothing(engine, fleet, spec, force):
    """Forced or not: the cluster is there still with its machines, and is ended by a retry."""
    engine.clusters.create(spec(2)).result(30)
    fleet.asked.clear()
    fleet.may_answer.clear()
    ending = engine.clusters.delete("demo", force=force)
    assert fleet.asked.wait(30)
    ending.cancel()
    fleet.may_answer.set()
    with pytest.raises(OperationCancelled):
        ending.result(30)
    assert len(engine.clusters.get("demo").instances) == len(fleet.list_machines("")) == 3
    assert engine.clusters.retry("demo").result(30) is None
    assert fleet.list_machines("") == []
