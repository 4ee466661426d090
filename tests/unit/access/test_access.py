"""What a provider is lent, outside of operations."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from attrs import evolve
from smallest_plugin import Smallest

from serai.engine.access.lender import Lender
from serai.engine.plugins.catalog import Catalog, admitted
from serai.engine.remote.pool import Pool, connect
from serai.engine.store.store import Store
from serai.hookspec import hookimpl
from serai.hookspec.access import Findings, Inquiry
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.errors import CommandFailed, DeadlineExceeded, HostKeyRefused, RemoteError, SeraiError
from serai.hookspec.remote import DirectEndpoint, LocalEndpoint
from serai.hookspec.semantics import Role

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Keeper:
    """A provider that lets its access be seen."""

    @hookimpl
    def create_machines(self): ...

    @hookimpl
    def list_machines(self, cluster_id, access):
        self.access = access
        return []

    @hookimpl
    def delete_machines(self): ...

    @hookimpl
    def get_endpoint(self): ...


class Framework(Smallest):
    """A framework that opens ports and works as root."""

    services: ClassVar = {"It": ["it"]}

    @hookimpl
    def get_open_ports(self, node_group):
        return [7000] if node_group.name == "open" else []

    @hookimpl
    def get_root_commands(self, node_group):
        return ["mount disks"] if node_group.name == "open" else []


class CountedPools:
    """Makes pools, and remembers them."""

    def __init__(self):
        self.made = []

    def __call__(self, *arguments):
        self.made.append(Pool(*arguments))
        return self.made[-1]


@pytest.fixture
def pools():
    return CountedPools()


@pytest.fixture
def keeper():
    return Keeper()


@pytest.fixture
def catalog(keeper):
    plugins = [admitted("keeper", Role.INFRASTRUCTURE, keeper), admitted("it", Role.PROVISIONING, Framework())]
    return Catalog(plugins=plugins, discover=False)


@pytest.fixture
def lender(catalog, pools):
    with Store.open() as store:
        yield Lender(store, catalog, pools, lambda: NOW)


@pytest.fixture
def access(lender, catalog, keeper):
    """What a hook gets, while something is validated."""
    with lender.lending() as lend:
        lend(catalog.provider("keeper")).list_machines("")
        yield keeper.access


@pytest.fixture
def host(tmp_path):
    """Make an endpoint: ``host("a", df="sleep 60")`` has a program of its own."""

    def make(name, **programs):
        directory = tmp_path / f"{name}-bin"
        directory.mkdir()
        for program, text in programs.items():
            (directory / program).write_text(f"#!/bin/sh\n{text}\n")
            (directory / program).chmod(0o755)
        return LocalEndpoint(name, str(tmp_path / name), {"PATH": f"{directory}:/usr/bin:/bin"})

    return make


@pytest.fixture
def lost(tmp_path):
    """A host that cannot be reached: its directory would be below a file."""
    (tmp_path / "file").touch()
    return LocalEndpoint("lost", str(tmp_path / "file" / "x"))


def test_each_machine_is_told_of_or_why_it_cannot_be_looked_at(access, host, lost):
    """In the order that was asked, by the name of the endpoint; one that is lost keeps nobody."""
    found = access.look([host("a"), lost, host("b")], Inquiry(files=("/etc/hostname",)))
    assert list(found) == ["a", "lost", "b"]
    assert isinstance(found["a"], Findings)
    # How much is free on a disk is another matter a moment later.
    assert evolve(found["a"].facts, disks=()) == evolve(connect(host("c")).facts, disks=())
    assert isinstance(found["lost"], RemoteError)
    assert found["lost"].host == "lost"


@pytest.mark.slow
def test_a_machine_that_does_not_answer_in_time_is_told_so(access, host):
    """Within its limit, and nobody waits for it."""
    began = time.monotonic()
    found = access.look([host("slow", df="sleep 60"), host("quick")], Inquiry(), timeout=3)
    assert isinstance(found["slow"], DeadlineExceeded)
    assert isinstance(found["quick"], Findings)
    assert time.monotonic() - began < 8


def test_work_is_done_on_all_at_once(access, host):
    """Each waits for all the others."""
    meeting = threading.Barrier(3)
    endpoints = [host(name) for name in "abc"]
    assert access.each(endpoints, lambda remote: meeting.wait(20) and remote.host, step="meet").keys() == {*"abc"}


def test_what_went_wrong_on_a_machine_is_its_answer(access, host):
    """Whatever kind of error it is: the provider decides what to make of it."""

    def work(remote):
        if remote.host == "b":
            raise HostKeyRefused("it is another one", host="b")
        return remote.run("sh", "-c", "exit $1", "sh", "3" if remote.host == "c" else "0").status

    answers = access.each([host(name) for name in "abc"], work, step="work")
    assert (answers["a"], type(answers["b"]), type(answers["c"])) == (0, HostKeyRefused, CommandFailed)


def test_a_defect_of_the_provider_is_none_of_a_machine(access, host):
    """It is raised, when all others are done."""
    done = []

    def work(remote):
        if remote.host == "a":
            raise KeyError("what")
        time.sleep(0.3)
        done.append(remote.host)

    with pytest.raises(KeyError):
        access.each([host(name) for name in "abc"], work, step="work")
    assert sorted(done) == ["b", "c"]


@pytest.mark.slow
def test_work_that_takes_too_long_is_given_up(access, host):
    """Its machine has an answer, the others have theirs."""
    answers = access.each(
        [host("a"), host("b")], lambda r: r.run("sleep", "30" if r.host == "a" else "0"), step="x", timeout=1
    )
    assert isinstance(answers["a"], DeadlineExceeded)
    assert answers["b"].status == 0


def test_a_provider_may_work_as_root(access, host):
    """What it does on its own hosts, no plugin has to declare."""
    assert access.each([host("a")], lambda remote: remote.run("id", "-u", root=True).stdout, step="x")["a"] == "0\n"


def test_a_provider_may_bring_its_connections(access, host):
    """They are used as they are, and stay open."""
    remote = connect(host("a"))
    endpoint = DirectEndpoint("a", remote)
    assert access.each([endpoint], lambda each: each is remote, step="x") == {"a": True}
    assert isinstance(access.look([endpoint], Inquiry())["a"], Findings)


def test_connections_are_shared_and_closed_when_the_lending_ends(lender, catalog, keeper, pools, host):
    """One pool for all of a validation; afterwards nothing works any more."""
    endpoint = host("a")
    with lender.lending() as lend:
        lend(catalog.provider("keeper")).list_machines("")
        access = keeper.access
        kept = access.each([endpoint], lambda remote: remote, step="x")["a"]
        access.look([endpoint], Inquiry())
        assert len(pools.made) == 1
    with pytest.raises(RemoteError) as closed:
        kept.run("true")
    assert closed.value.code == "NOT_CONNECTED"
    with pytest.raises(SeraiError) as over:
        access.look([endpoint], Inquiry())
    assert over.value.code == "NOT_CONNECTED"
    assert len(pools.made) == 1


def test_who_asks_nothing_of_machines_pays_nothing(lender, catalog, pools):
    """No pool is made, also when there are no machines to ask."""
    with lender.lending() as lend:
        lent = lend(catalog.provider("keeper"))
        lent.list_machines("")
        assert lent.plugin.implementation.access.look([], Inquiry()) == {}
        assert lent.plugin.implementation.access.each([], len, step="x") == {}
    assert pools.made == []


def test_documents_are_read(access, tmp_path):
    """YAML and JSON, as data."""
    (tmp_path / "hosts.yaml").write_text("hosts: [a, b]\n")
    (tmp_path / "hosts.json").write_text('{"hosts": ["a"]}')
    assert access.document(str(tmp_path / "hosts.yaml")) == {"hosts": ["a", "b"]}
    assert access.document(str(tmp_path / "hosts.json")) == {"hosts": ["a"]}


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("hosts: [a\n", "INVALID_SYNTAX", "line 2, column 1"),
        ("hosts: {a: 1, a: 2}\n", "DUPLICATE_KEY", "hosts.a: is given twice, in lines 1 and 1"),
        (None, "UNREADABLE_DOCUMENT", "there is no such file"),
    ],
)
def test_a_document_that_cannot_be_read_says_where(access, tmp_path, text, code, told):
    """The file, and the place in it."""
    path = tmp_path / "hosts.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SeraiError, match=told) as refused:
        access.document(str(path))
    assert (refused.value.code, refused.value.place) == (code, str(path))


def test_all_that_is_wrong_with_a_document_is_told(access, tmp_path):
    """The first in the message, all in the details."""
    path = tmp_path / "hosts.yaml"
    path.write_text("a: 1\na: 2\nb: 1\nb: 2\n")
    with pytest.raises(SeraiError) as refused:
        access.document(str(path))
    assert len(refused.value.details["faults"]) == 2


def test_a_provider_learns_what_the_clusters_plugins_declare(access):
    """For a node group, open ports and what is done as root."""
    cluster = Cluster("demo", "it", "1", [NodeGroup("open"), NodeGroup("closed")])
    told = [(access.open_ports(group), access.root_commands(group)) for group in cluster.node_groups]
    assert told == [([7000], ["mount disks"]), ([], [])]


def test_claims_are_the_providers_own(access):
    """Of its cluster, at the engine's time."""
    cluster = Cluster("demo", "it", "1", id="c1")
    claim = access.claims.take("h1", "t1", cluster, {"port": 22})
    assert (claim.cluster_name, claim.cluster_id, claim.since, claim.info) == ("demo", "c1", NOW, {"port": 22})
    assert access.claims.all() == {"h1": claim}
    access.claims.release("h1")
    assert access.claims.all() == {}


def test_what_was_made_once_is_given_again(access):
    """To all threads that ask for it, also while it is being made."""
    made = []

    def make():
        time.sleep(0.2)
        made.append(1)
        return object()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: access.once("it", make), range(4)))
    assert len({*map(id, answers)}) == len(made) == 1
    assert access.once("another", make) is not answers[0]


def test_what_could_not_be_made_is_tried_again(access):
    """An error is no answer to keep."""

    def fail():
        raise SeraiError("not now")

    with pytest.raises(SeraiError, match="not now"):
        access.once("it", fail)
    assert access.once("it", lambda: 7) == 7
