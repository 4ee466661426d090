"""Two engines, one server, fifty clusters: what happens to one of them in the middle harms no cluster."""

import os
from collections import Counter
from pathlib import Path

import pytest

from serai.engine.store.store import Store
from serai.hookspec.cluster import ClusterStatus

CLUSTERS = 50


@pytest.fixture
def url(server):
    """A database with nothing in it, on a server that tests kill."""
    server.start()
    yield server.new_database()
    server.start()


@pytest.fixture
def machines():
    """The directories of machines that are there, by cluster."""

    def count() -> Counter[str]:
        root = Path(os.environ["SERAI_LOCAL_ROOT"])
        return Counter(path.parent.name for path in root.glob("*/*/") if not path.parent.name.startswith("."))

    return count


@pytest.mark.parametrize("fault", ["an engine is killed", "the store is killed"])
def test_all_clusters_become_active(server, url, start, directory, until, machines, fault):
    """Each once, with one machine each, whoever brings it to its end."""
    names = [f"c{number:02}" for number in range(CLUSTERS)]
    with Store.open(url) as store:
        engines = [start(url, *half) for half in (names[:25], names[25:])]
        until(lambda: len(list(directory.glob("entered-*"))) >= 20)
        if fault == "an engine is killed":
            engines[0].end()
        else:
            server.kill()
            server.start()
        (directory / "gate").touch()
        until(lambda: not store.operations(unfinished=True), timeout=240)
        clusters = store.clusters()
        assert [cluster.name for cluster in clusters] == names
        assert {cluster.status for cluster in clusters} == {ClusterStatus.ACTIVE}
        assert Counter(record.cluster_name for record in store.operations()) == dict.fromkeys(names, 1)
        assert sorted(machines().values()) == [1] * CLUSTERS
