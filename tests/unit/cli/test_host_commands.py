"""Hosts from the command line, of a provider with a stock of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kept_clusters import add_cluster

from serai.engine import Engine, plugin
from serai.engine.cli.main import run
from serai.engine.cli.session import Session
from serai.engine.store.store import Store
from serai.hookspec import hookimpl
from serai.hookspec.access import Access, Claim
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import NotFound
from serai.hookspec.facts import Facts, JavaRuntime
from serai.hookspec.infrastructure import Host
from serai.hookspec.semantics import Role

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FACTS = Facts(hostname="h", cpus=8, memory_mb=15872, java=JavaRuntime("/jvm", "17.0.15"))


class Stock:
    """Lists what its inventory lists: a host is good, or bad by its name."""

    def __init__(self) -> None:
        self.cleaned: list[str] = []

    @hookimpl
    def list_hosts(self, infrastructure: Mapping[str, Any], access: Access) -> Sequence[Host]:
        claims = access.claims.all()
        return [
            Host(name, "10.0.0.1", ("ssd", "big"), "r1", None, None, "[HOST_UNREACHABLE] no route to host")
            if name.startswith("bad")
            else Host(name, "10.0.0.2", facts=FACTS, claim=claims.get(name))
            for name in access.document(infrastructure["inventory"])
        ]

    @hookimpl
    def clean_host(self, infrastructure: Mapping[str, Any], name: str, access: Access) -> None:
        if name not in access.document(infrastructure["inventory"]):
            raise NotFound(f"there is no host {name}", code="HOST_NOT_FOUND")
        self.cleaned.append(name)

    @hookimpl
    def create_machines(self) -> None: ...

    @hookimpl
    def list_machines(self) -> None: ...

    @hookimpl
    def delete_machines(self) -> None: ...

    @hookimpl
    def get_endpoint(self) -> None: ...


@pytest.fixture
def stock() -> Stock:
    """The provider."""
    return Stock()


@pytest.fixture
def serai(tmp_path: Path, stock: Stock, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line; gives its exit code, standard output and standard error."""

    def opened(url: str, transcript: Path | None) -> Engine:
        given = [plugin(name, Role.INFRASTRUCTURE, stock) for name in ("ssh", "rack")]
        return Engine.open(url, plugins=given, discover=False, cache=tmp_path / "cache", transcript=transcript)

    def invoke(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(arguments, Session(store=f"sqlite:///{tmp_path}/serai.db", opener=opened))
        return (code, *capfd.readouterr())

    return invoke


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file that lists three hosts; the second is claimed by a cluster, the third cannot be reached."""
    monkeypatch.delenv("SERAI_INVENTORY", raising=False)
    (tmp_path / "hosts.yaml").write_text("[one, two, bad]\n")
    with Store.open(f"sqlite:///{tmp_path}/serai.db") as store:
        add_cluster(store, Cluster("demo", "p", "1", id="c1"))
        store.take_claim("ssh", Claim("two", "c1", "demo", "t1", NOW))
    return str(tmp_path / "hosts.yaml")


def test_hosts_are_listed_with_what_one_wants_to_know(serai, inventory):
    """What they are like, who has them, why they cannot be had."""
    code, out, _ = serai("hosts", "--inventory", inventory)
    header, one, two, bad = out.splitlines()
    assert code == 0
    assert header.split() == ["NAME", "ADDRESS", "RACK", "TAGS", "CPUS", "MEMORY", "JAVA", "CLUSTER", "NOTE"]
    assert one.split() == ["one", "10.0.0.2", "8", "15.5", "GiB", "17.0.15"]
    assert two.split()[-1] == "demo"
    assert bad.split()[:5] == ["bad", "10.0.0.1", "r1", "ssd,", "big"]
    assert bad.endswith("[HOST_UNREACHABLE] no route to host")


def test_with_json_hosts_have_all_their_fields(serai, inventory):
    """Those of the contract."""
    import json

    one, two, bad = json.loads(serai("hosts", "--json", "--inventory", inventory)[1])
    assert (one["facts"]["cpus"], one["claim"]) == (8, None)
    assert (two["claim"]["cluster_name"], two["claim"]["since"]) == ("demo", "2026-01-02T03:04:05+00:00")
    assert (bad["facts"], bad["note"]) == (None, "[HOST_UNREACHABLE] no route to host")


def test_the_inventory_may_be_in_the_environment(serai, inventory, monkeypatch):
    """An option outranks it."""
    monkeypatch.setenv("SERAI_INVENTORY", inventory)
    assert serai("hosts")[0] == 0
    assert serai("hosts", "--inventory", "/nowhere.yaml")[0] == 3


def test_without_an_inventory_there_is_nothing_to_list(serai, inventory):
    """The command line is wrong, and says what is missing; another provider may need none."""
    code, _, err = serai("hosts")
    assert (code, "SERAI_INVENTORY" in err) == (2, True)
    assert "'inventory'" in serai("hosts", "--provider", "rack")[2]


def test_an_inventory_is_found_from_where_one_is(serai, inventory, monkeypatch, tmp_path):
    """As any other file on a command line; before the name of a command, too."""
    monkeypatch.chdir(tmp_path)
    assert serai("hosts", "--inventory", "hosts.yaml")[0] == 0
    assert serai("hosts", "--inventory", "hosts.yaml", "clean", "one")[0] == 0


def test_a_host_is_cleaned(serai, inventory, stock):
    """And so it says."""
    assert serai("hosts", "clean", "one", "--inventory", inventory)[:2] == (0, "one is free\n")
    assert serai("hosts", "clean", "one", "--inventory", inventory, "--json")[1].split() == [
        "{",
        '"name":',
        '"one",',
        '"cleaned":',
        "true",
        "}",
    ]
    assert stock.cleaned == ["one", "one"]


def test_a_host_in_use_is_not_cleaned(serai, inventory, stock):
    """The exit code says that it cannot be now; the text, which cluster has it."""
    code, _, err = serai("hosts", "clean", "two", "--inventory", inventory)
    assert (code, stock.cleaned) == (5, [])
    assert "HOST_IN_USE" in err
    assert "serai down demo" in err


def test_an_unknown_host_is_not_found(serai, inventory):
    """By its exit code."""
    assert serai("hosts", "clean", "three", "--inventory", inventory)[0] == 4
