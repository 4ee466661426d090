"""A real Dask cluster is recorded by the installed command, and replayed without machines from what was recorded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from installed_plugin import installed_plugin

from serai.builtin_plugins.dask.plugin import DASK
from serai.hookspec.health import HealthColor
from serai.hookspec.testing.fleet import Fleet, Transcript, VirtualClock
from serai.hookspec.testing.stage import Stage

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

CANARY = "kanarienvogel-4711"
"""A secret of the cluster."""

MADE_UP = "nachtigall-0815"
"""A secret that the plugin makes, and nobody else knows."""

SINGING = '''
from serai.hookspec import hookimpl
from serai.hookspec.configs import Config
from serai.hookspec.secrets import Secret

TOKEN = Config("Song", "Known to few", "secret", scope="cluster")


class Bird:
    """An auxiliary plugin that says secrets wherever one can."""

    @hookimpl
    def extends(self):
        return True

    @hookimpl
    def get_configs(self):
        return [TOKEN]

    @hookimpl
    def configure_cluster(self, cluster, run):
        run.each(cluster.instances, lambda instance: self.sing(instance, cluster.value(TOKEN).reveal()), step="Sing")

    @hookimpl
    def scale_cluster(self, cluster, instances, run):
        self.configure_cluster(cluster, run)

    def sing(self, instance, song):
        remote, conf = instance.remote, instance.remote.layout.conf
        made = remote.run("printf", "nachtigall-%04d", "815").stdout
        remote.put({f"{conf}/song": Secret(song), f"{conf}/made": Secret(made), f"{conf}/songs.ini": f"song = {song}"})
        assert remote.get(f"{conf}/songs.ini").startswith(b"song = ")
        assert remote.get(f"{conf}/made") == made.encode()
        remote.script('cat; echo "$SONG"; cat "$1/song" "$1/made" >&2', conf, stdin=song, env={"SONG": song})


BIRD = Bird()
'''


@pytest.fixture
def bird(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """An auxiliary plugin, installed for commands; gives it."""
    monkeypatch.setenv("PYTHONPATH", str(installed_plugin(tmp_path / "bird", "auxiliary", "bird", "BIRD", SINGING)))
    names: dict[str, object] = {}
    exec(compile(SINGING, "singing.py", "exec"), names)  # noqa: S102 - the same plugin, here
    return names["BIRD"]


@pytest.fixture
def record(serai, tmp_path: Path, bird: object) -> Callable[..., Path]:
    """Make a cluster, do with it what is said, and give what was recorded of that."""

    def record(name: str, *commands: str) -> Path:
        path, document = tmp_path / f"{name}.jsonl", tmp_path / f"{name}.yaml"
        song = f'cluster_configs: {{general: {{Song: "{CANARY}"}}}}\nauxiliary_plugins: [bird]\n'
        document.write_text((EXAMPLES / "dask.yaml").read_text().replace("dask-demo", name) + song)
        for words in (f"up {document}", *commands):
            serai(*words.split(), "--transcript", str(path))
        return path

    return record


def test_what_was_recorded_of_a_real_cluster_is_replayed_without_one(record, bird: object) -> None:
    """To the same end: processes, files and health, with other names and addresses; nothing is asked otherwise."""
    path = record("real", "health real", "scale real workers=3", "scale real workers=1", "down real")
    fleet = Fleet(clock=VirtualClock())
    replay = fleet.replay(Transcript.read(path))
    stage = Stage({"dask": DASK, "bird": bird}, fleet)
    cluster = stage.cluster(
        {"scheduler": (["scheduler"], 1), "workers": (["worker"], 2)},
        name="other",
        values={"general": {"Song": "another one"}},
    )
    stage.create(cluster)
    assert fleet.listeners("other-scheduler-1") == dict.fromkeys((8786, 8787), "dask-scheduler")
    assert {check.check().color for check in stage.get_health_checks(cluster)} == {HealthColor.GREEN}
    assert cluster.info["Dask"]["Scheduler"] == f"tcp://{cluster.instances[0].internal_ip}:8786"

    stage.scale(cluster, {"workers": 3})
    conf = "/opt/serai/other/conf"
    assert {f"{conf}/dask/serai.yaml", f"{conf}/song"} <= fleet.host("other-workers-3").files.keys()
    assert fleet.listeners("other-workers-3") == {8788: "dask-worker"}

    stage.scale(cluster, {"workers": 1})
    assert [each.instance_name for each in cluster.instances] == ["other-scheduler-1", "other-workers-1"]
    stage.delete(cluster)
    replay.check()


def test_no_secret_and_nothing_of_this_machine_is_in_a_transcript(record, tmp_path: Path) -> None:
    """Neither what the user chose nor what the plugin made; no name or place that another run would not have."""
    path = record("real", "scale real workers=1")
    text = path.read_text()
    assert [word for word in (CANARY, MADE_UP) if word in text] == []
    assert [word for word in (str(tmp_path), f"{Path.home()}/", "127.", "real-") if word in text] == []
    assert '"stdout": "******"' in text
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_recordings_of_the_same_can_be_compared(record) -> None:
    """Machine by machine: of another cluster, at other addresses, the same is asked."""
    first, second = (Transcript.read(record(name)).by_host().exchanges for name in ("real", "other"))

    def asked(exchanges):
        return [(str(each), each.sent, each.hook, each.step) for each in exchanges if each.call != "http"]

    assert asked(first) == asked(second)
    assert len(asked(first)) > 20
