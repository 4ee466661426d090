"""The server of the store is killed while operations run."""

import time

import pytest

from faults.gated import opened, spec
from serai.hookspec.cluster import ClusterStatus
from serai.hookspec.errors import SeraiError


@pytest.fixture
def url(server):
    """A database with nothing in it, on a server that tests kill."""
    server.start()
    yield server.new_database()
    server.start()


def test_operations_wait_for_a_store_that_is_started_again(server, url, directory, until):
    """For longer than their leases last; then they go on as if nothing had been."""
    with opened(url, directory, lease=2) as engine:
        operations = [engine.clusters.create(spec(f"c{number}")) for number in range(4)]
        until(lambda: len(list(directory.glob("entered-*"))) == 4)
        server.kill()
        (directory / "gate").touch()
        time.sleep(3)
        assert not any(operation.done for operation in operations)
        server.start()
        clusters = [operation.result(60) for operation in operations]
        assert {cluster.status for cluster in clusters} == {ClusterStatus.ACTIVE}
        assert {record.attempt for cluster in clusters for record in engine.clusters.operations(cluster.name)} == {1}


def test_an_operation_that_waited_too_long_is_interrupted_and_goes_on_later(server, url, directory, until):
    """It says why it stopped and how to go on; nothing of it is lost."""
    with opened(url, directory, resume="manual", lease=2, outage=1) as engine:
        operation = engine.clusters.create(spec("demo"))
        until(lambda: list(directory.glob("entered-*")))
        server.kill()
        (directory / "gate").touch()
        with pytest.raises(SeraiError) as stopped:
            operation.result(60)
        assert stopped.value.code == "STORE_UNAVAILABLE"
        assert "serai resume demo" in stopped.value.hint
        server.start()
        until(lambda: engine.resume("demo"))[0].result(60)
        (record,) = engine.clusters.operations("demo")
        assert (record.status, record.attempt) == ("succeeded", 2)


def test_an_engine_that_resumes_by_itself_does_so_after_an_outage(server, url, directory, until):
    """Nobody has to ask for it."""
    with opened(url, directory, lease=2, outage=0.5) as engine:
        operation = engine.clusters.create(spec("demo"))
        until(lambda: list(directory.glob("entered-*")))
        server.kill()
        (directory / "gate").touch()
        with pytest.raises(SeraiError):
            operation.result(60)
        server.start()
        until(lambda: engine.clusters.get("demo").status is ClusterStatus.ACTIVE)
