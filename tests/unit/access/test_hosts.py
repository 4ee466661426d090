"""Hosts of a stock: listed with their claims, and made free again."""

from datetime import UTC, datetime

import pytest

from serai.builtin_plugins.infrastructure.local import LOCAL
from serai.engine.store.store import Store
from serai.hookspec.access import Claim
from serai.hookspec.errors import NotFound, PluginNotFound, SeraiError, Unsupported, WrongStatus

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def leftover(tmp_path):
    """Leave a claim of a cluster that is gone."""

    def leave(name):
        with Store.open(f"sqlite:///{tmp_path}/serai.db") as store:
            return store.take_claim("yard", Claim(name, "gone", "past", f"token-of-{name}", NOW, {"name": "past-1"}))

    return leave


def test_every_host_is_listed_whatever_becomes_of_it(engine, spec, leftover):
    """With what it is like and who has it; one that does not answer says why."""
    claim = leftover("b")
    a, b, lost = engine.hosts.list(spec(hosts=["a", "b", "lost"]).infrastructure)
    assert (a.name, a.claim, a.note) == ("a", None, "")
    assert a.facts.cpus > 0
    assert b.claim == claim
    assert b.note == "its cluster is gone; free it: serai hosts clean b"
    assert (lost.facts, lost.claim) == (None, None)
    assert "Not a directory" in lost.note


def test_listing_changes_nothing(engine, spec, leftover, tmp_path):
    """No claim comes or goes."""
    leftover("b")
    for _ in range(2):
        hosts = engine.hosts.list(spec().infrastructure)
    assert [host.claim is not None for host in hosts] == [False, True, False]


def test_a_host_that_a_cluster_has_is_not_cleaned(engine, spec):
    """The cluster is named, and keeps it."""
    engine.clusters.create(spec()).result(60)
    with pytest.raises(WrongStatus, match="cluster demo has a") as refused:
        engine.hosts.clean(spec().infrastructure, "a")
    assert (refused.value.code, "serai down demo" in refused.value.hint) == ("HOST_IN_USE", True)
    assert engine.hosts.list(spec().infrastructure)[0].claim is not None


def test_what_a_cluster_left_is_cleaned_with_its_claim(engine, spec, leftover, yard):
    """The next cluster can have the host."""
    leftover("a")
    (yard.root / "a" / "conf").mkdir(parents=True)
    (yard.root / "a" / "conf" / "cluster").write_text("past")
    engine.hosts.clean(spec().infrastructure, "a")
    assert not (yard.root / "a" / "conf" / "cluster").exists()
    assert engine.hosts.list(spec().infrastructure)[0].claim is None


def test_a_claim_stays_when_its_host_cannot_be_cleaned(engine, spec, leftover):
    """Nobody is given a host that has something left on it."""
    leftover("lost")
    infrastructure = spec(hosts=["lost"]).infrastructure
    with pytest.raises(SeraiError):
        engine.hosts.clean(infrastructure, "lost")
    assert engine.hosts.list(infrastructure)[0].claim is not None


def test_an_unknown_host_is_not_found(engine, spec):
    """The provider says so."""
    with pytest.raises(NotFound, match="there is no host x"):
        engine.hosts.clean(spec().infrastructure, "x")


def test_a_provider_without_hosts_says_so(open_engine):
    """It makes machines, and has none."""
    with pytest.raises(Unsupported) as refused:
        open_engine(LOCAL).hosts.list({"provider": "yard"})
    assert refused.value.code == "NO_STOCK"


def test_an_unknown_provider_is_told(engine):
    """As elsewhere."""
    with pytest.raises(PluginNotFound):
        engine.hosts.list({"provider": "yrad"})
