"""Diagnoses of clusters on hosts in memory, whatever is broken."""

import json
import os
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.engine import ClusterSpec, Engine, plugin
from serai.engine.diagnosis import looking
from serai.engine.diagnosis.archive import Entry, fitted
from serai.hookspec import hookimpl
from serai.hookspec.errors import NotFound, SeraiError
from serai.hookspec.objects import Config
from serai.hookspec.semantics import Role
from serai.hookspec.testing.fleet import Fleet

CANARY = "open sesame"
PASSWORD = Config("Password", "Known to few", "secret", applicable_target="service:Herd", scope="cluster")


class Herd:
    """Fails when told so, saying its password."""

    def __init__(self):
        self.obstacle = False

    @hookimpl
    def get_versions(self):
        return ["1"]

    @hookimpl
    def get_configs(self):
        return [PASSWORD]

    @hookimpl
    def get_node_processes(self):
        return {"Herd": ["sheep"]}

    @hookimpl
    def configure_cluster(self): ...

    @hookimpl
    def start_cluster(self, cluster, run):
        said = cluster.value(PASSWORD).reveal()
        run.warn(f"the password is {said}")
        if self.obstacle:
            raise ValueError(f"{said} does not open it")


@pytest.fixture
def herd():
    return Herd()


@pytest.fixture
def fleet():
    return Fleet(connect_timeout=0.2)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/serai.db"


@pytest.fixture
def engine(herd, fleet, url, tmp_path):
    plugins = [plugin("herd", Role.PROVISIONING, herd), plugin("fleet", Role.INFRASTRUCTURE, fleet)]
    with Engine.open(url, plugins=plugins, discover=False, cache=tmp_path) as engine:
        yield engine
        for host in fleet.hosts.values():
            host.thaw()


SPEC = {
    "name": "demo",
    "plugin_name": "herd",
    "hadoop_version": "1",
    "infrastructure": {"provider": "fleet"},
    "cluster_configs": {"service:Herd": {"Password": CANARY}},
    "node_groups": [{"name": "w", "count": 2, "node_processes": ["sheep"]}],
}


@pytest.fixture
def create(engine):
    return lambda: engine.clusters.create(ClusterSpec.from_dict(SPEC)).result(30)


def files(path: Path) -> dict[str, str]:
    with tarfile.open(path) as archive:
        return {each.name.partition("/")[2]: archive.extractfile(each).read().decode() for each in archive}


def test_a_failed_cluster_is_told_from_end_to_end_without_its_secret(engine, create, herd, tmp_path):
    """In the archive, in the store, in the exception."""
    herd.obstacle = True
    with pytest.raises(SeraiError) as raised:
        create()
    engine.clusters.diagnose("demo", tmp_path / "b.tar.gz", {"mine.log": f"it was {CANARY}\n"})
    told = files(tmp_path / "b.tar.gz")
    operation = json.loads(told["operations.json"])[0]
    assert operation["findings"][0]["message"].endswith("ValueError: ****** does not open it")
    assert operation["findings"][0]["plugin"] == "herd in start_cluster"
    assert operation["journal"][-1]["detail"]["code"] == "PLUGIN_FAILED"
    assert told["mine.log"] == "it was ******\n"
    assert "1 secrets were looked for" in told["README.txt"]
    stored = [event.message for event in engine.clusters.events("demo")]
    chain = f"{raised.value} {raised.value.__cause__} {raised.value.to_dict()}"
    assert [text for text in (*told.values(), *stored, chain) if CANARY in text] == []
    assert "the password is ******" in stored


def test_the_archive_says_what_is_in_it_and_is_its_owners_alone(engine, create, tmp_path):
    create()
    made = engine.clusters.diagnose("demo", tmp_path / "b.tar.gz")
    told = files(made.path)
    assert set(made.files) == set(told)
    assert all(name in told["README.txt"] for name in made.files[1:])
    assert {"machines/demo-w-1.json", "health.json", "plan.json", "versions.json"} <= set(told)
    assert json.loads(told["machines/demo-w-1.json"])["facts"]["cpus"] >= 1
    assert os.stat(made.path).st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".serai")] == []


def test_machines_that_do_not_answer_are_said_to_be_missing(engine, create, fleet, tmp_path):
    """Within the limits; the others are there."""
    create()
    next(iter(fleet.hosts.values())).is_cut_off = True
    made = engine.clusters.diagnose("demo", tmp_path / "b.tar.gz")
    assert [name for name in made.missing if name.startswith("machines/")] == ["machines/demo-w-1.json"]
    assert "machines/demo-w-2.json" in made.files
    assert "machines/demo-w-1.json: [" in files(made.path)["README.txt"]


def test_a_machine_that_hangs_takes_no_longer_than_all_may_take(engine, create, fleet, tmp_path, monkeypatch):
    create()
    monkeypatch.setattr(looking, "TOTAL_SECONDS", 1.0)
    next(iter(fleet.hosts.values())).freeze()
    began = time.monotonic()
    made = engine.clusters.diagnose("demo", tmp_path / "b.tar.gz")
    assert time.monotonic() - began < 10
    assert "machines/demo-w-1.json" in made.missing
    assert "operations.json" in made.files


def test_a_cluster_whose_plugins_are_gone_can_be_diagnosed(engine, create, url, tmp_path):
    """Neither its plugin nor its provider is there: the store still tells everything."""
    create()
    with Engine.open(url, discover=False, cache=tmp_path, resume="manual") as bare:
        made = bare.clusters.diagnose("demo", tmp_path / "b.tar.gz")
    assert {"plugins", "connections"} <= set(made.missing)
    assert {"cluster.json", "operations.json", "events.jsonl"} <= set(made.files)


def test_what_may_hold_a_secret_that_cannot_be_opened_is_left_out(engine, create, url, tmp_path):
    """The key is lost: nothing could be masked, so nothing is asked."""
    create()
    (tmp_path / "serai.key").unlink()
    with Engine.open(url, discover=False, cache=tmp_path, resume="manual") as keyless:
        made = keyless.clusters.diagnose("demo", tmp_path / "b.tar.gz")
    assert "could not be opened" in made.missing["plan.json, health.json, machines"]
    assert not any(name.startswith("machines/") for name in made.files)


def test_what_is_no_file_is_not_replaced_by_an_archive(engine, create, tmp_path):
    """A device or a pipe of others stays what it is, and nothing is looked at before that is said."""
    create()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SeraiError) as refused:
        engine.clusters.diagnose("demo", tmp_path / "pipe")
    assert (refused.value.code, refused.value.place) == ("OUTPUT_UNUSABLE", str(tmp_path / "pipe"))
    assert refused.value.hint
    assert (tmp_path / "pipe").is_fifo()


def test_an_archive_in_no_directory_is_refused_with_what_to_do(engine, create, tmp_path):
    """The name that was asked for is told, and not that of a draft."""
    create()
    with pytest.raises(SeraiError) as refused:
        engine.clusters.diagnose("demo", tmp_path / "nosuch" / "b.tar.gz")
    assert (refused.value.code, refused.value.place) == ("OUTPUT_UNUSABLE", str(tmp_path / "nosuch" / "b.tar.gz"))
    assert refused.value.hint


def test_a_cluster_that_is_gone_can_be_diagnosed_and_one_that_never_was_cannot(engine, create, tmp_path):
    create()
    engine.clusters.delete("demo").result(30)
    made = engine.clusters.diagnose("demo", tmp_path / "b.tar.gz")
    assert [each["kind"] for each in json.loads(files(made.path)["operations.json"])] == ["terminate", "create"]
    with pytest.raises(NotFound):
        engine.clusters.diagnose("nosuch", tmp_path / "c.tar.gz")
    assert not (tmp_path / "c.tar.gz").exists()


ENTRIES = st.lists(st.builds(Entry, st.text("ab"), st.just("x"), st.text("é\na\ud800", max_size=60)), max_size=6)


@given(ENTRIES, st.integers(0, 100), st.integers(0, 40))
def test_what_is_kept_never_exceeds_its_limits(entries, most, most_of_one):
    """Whole texts, or whole lines of their ends; none is dropped silently."""
    kept = fitted(entries, most=most, most_of_one=most_of_one)
    sizes = [len(each.text.encode()) for each in kept]
    assert sum(sizes) <= most
    assert max(sizes, default=0) <= most_of_one
    for before, after in zip(entries, kept, strict=True):
        text = before.text.encode("utf-8", "backslashreplace").decode()
        assert text.endswith(after.text)
        assert after.cut == len(text.encode()) - len(after.text.encode())
        assert not after.cut or not after.text or f"\n{after.text}" in text
