"""Trying again while the store is away."""

import logging

import pytest

from serai.engine.store.database import Database
from serai.engine.store.failures import AWAY
from serai.engine.store.location import located
from serai.engine.store.perseverance import persist
from serai.hookspec.errors import SeraiError


class Server:
    """Something that is away for some calls."""

    def __init__(self, away, code="STORE_UNAVAILABLE"):
        self.away, self.code, self.calls = away, code, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.away:
            raise SeraiError("away", code=self.code)
        return "here"


def test_what_was_away_is_tried_again():
    """Until it is there."""
    assert persist(Server(3), 10) == "here"


def test_patience_ends():
    """With the error of the last try; the first one is always made."""
    server = Server(10**6)
    with pytest.raises(SeraiError, match="away"):
        persist(server, 0.3)
    assert server.calls > 2
    hasty = Server(1)
    with pytest.raises(SeraiError):
        persist(hasty, 0)
    assert hasty.calls == 1


@pytest.mark.parametrize("code", ["STORE_FULL", "STORE_LOCKED", "STORE_ERROR", "CLUSTER_BUSY"])
def test_only_what_may_work_in_a_moment_is_tried_again(code):
    """Everything else is told at once."""
    server = Server(1, code)
    with pytest.raises(SeraiError):
        persist(server, 10)
    assert server.calls == 1


def test_waiting_is_told_once(caplog):
    """In the log, for who wonders why nothing happens."""
    with caplog.at_level(logging.WARNING, "serai.store"):
        persist(Server(4), 10)
    assert [record.getMessage() for record in caplog.records] == ["waiting for the store: away"]


def test_a_write_is_done_again_from_its_beginning(url):
    """Nothing of the tries before is there."""
    database = Database(located(url))
    tries = []

    def work(connection):
        tries.append(1)
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS t (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        if len(tries) < 3:
            raise AWAY.error(database.place, "for the test")
        return connection.exec_driver_sql("SELECT count(*) FROM t").scalar()

    assert database.write(work) == 1
    assert len(tries) == 3
    database.close()
