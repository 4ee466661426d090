"""What the URL of a store means."""

from pathlib import Path

import pytest

from serai.engine.store.location import InFile, InMemory, OnServer, default_url, located
from serai.engine.store.store import Store
from serai.hookspec.errors import SeraiError


@pytest.mark.parametrize("url", [None, "", "sqlite://", "sqlite:///:memory:"])
def test_no_place_means_memory(url):
    """All ways to say so are the same."""
    assert located(url) == InMemory()


@pytest.mark.parametrize(
    ("url", "path"), [("sqlite:////var/x.db", "/var/x.db"), ("sqlite:////a b/50%/x?.db", "/a b/50%/x?.db")]
)
def test_a_path_is_taken_as_it_is(url, path):
    """Nothing in it is a quotation or a query."""
    assert located(url) == InFile(Path(path))


def test_a_relative_path_is_fixed_when_opened(tmp_path, monkeypatch):
    """Changing the directory later does not move the store."""
    monkeypatch.chdir(tmp_path)
    assert located("sqlite:///serai.db") == InFile(tmp_path / "serai.db")


def test_a_password_is_never_shown():
    """Neither in the place that errors name, nor in a representation."""
    place = located("postgresql+psycopg://serai:hunter2@db.example/serai?sslmode=require")
    assert isinstance(place, OnServer)
    assert "hunter2" not in f"{place} {place!r}"
    assert "db.example/serai" in str(place)


@pytest.mark.parametrize("rest", ["serai:hun@ter2@db.example/serai", "db.example/serai?password=hun@ter2"])
def test_a_password_that_would_be_taken_for_a_host_is_refused(rest):
    """The driver would name the host that it does not find, and the password with it."""
    with pytest.raises(SeraiError) as refused:
        located(f"postgresql+psycopg://{rest}")
    assert refused.value.code == "STORE_URL"
    assert "%40" in refused.value.hint
    assert "ter2" not in f"{refused.value} {refused.value.to_dict()}"


def test_a_port_that_is_no_number_is_a_mistake_in_the_url():
    """And no defect of Serai; the password is not told."""
    with pytest.raises(SeraiError) as refused:
        Store.open("postgresql+psycopg://serai:hunter2@db.example:port/serai")
    assert refused.value.code == "STORE_URL"
    assert refused.value.hint
    assert "hunter2" not in f"{refused.value} {refused.value.to_dict()}"


@pytest.mark.parametrize("url", ["serai.db", "mysql://user:hunter2@host/db", "sqlite:x.db", "postgresql+psycopg://"])
def test_what_is_no_store_is_refused(url):
    """With what could have been written, and without a password."""
    with pytest.raises(SeraiError) as refused:
        located(url)
    assert refused.value.code == "STORE_URL"
    assert "sqlite:///" in refused.value.hint
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"XDG_STATE_HOME": "/state"}, "sqlite:////state/serai/serai.db"),
        ({}, f"sqlite:///{Path.home()}/.local/state/serai/serai.db"),
        ({"XDG_STATE_HOME": "relative"}, f"sqlite:///{Path.home()}/.local/state/serai/serai.db"),
    ],
)
def test_a_users_own_store_is_where_state_belongs(environment, expected):
    """By the XDG base directories; a relative one does not count."""
    assert default_url(environment) == expected


def test_missing_directories_are_made_for_their_owner(tmp_path):
    """The first use of the default place needs no preparation."""
    with Store.open(f"sqlite:///{tmp_path}/state/serai/serai.db"):
        assert (tmp_path / "state" / "serai").stat().st_mode & 0o777 == 0o700
