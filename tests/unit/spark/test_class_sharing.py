"""Archives of classes: made once, never half, never in the way. Java and Spark are stand-ins that write the files."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import define, field

from serai.builtin_plugins.spark.class_sharing import ClassArchives, share_classes
from serai.builtin_plugins.spark.java import InstalledJava
from serai.builtin_plugins.spark.layout import SparkPaths
from serai.engine.remote.pool import connect
from serai.hookspec.objects import Instance
from serai.hookspec.remote import LocalEndpoint

JAVA = """#!/bin/sh
for argument do
    case $argument in -XX:SharedArchiveFile=*) echo base >"${argument#*=}" ;; esac
done
"""
SUBMIT = """#!/bin/sh
echo "$*" >>"$(dirname "$0")/calls"
eval "set -- $SPARK_SUBMIT_OPTS"
for argument do
    case $argument in
        -XX:ArchiveClassesAtExit=*) echo top >"${argument#*=}" ;;
        -Xlog:class+load:file=*) echo 'x source: shared objects file (top)' >"${argument#*file=}" ;;
    esac
done
"""


@define
class Machine:
    """An instance with the stand-ins, and what it was told."""

    instance: Instance
    paths: SparkPaths
    java: InstalledJava
    archives: ClassArchives
    log: logging.Logger = field(factory=lambda: logging.getLogger(__name__))

    def share(self) -> None:
        """Make the archives."""
        share_classes(self.instance, self.java, self.archives, self.paths, self)  # type: ignore[arg-type]  # it only logs

    def submit(self, text: str) -> None:
        """Replace spark-submit."""
        self._program(Path(self.paths.program("spark-submit")), text)

    def _program(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        """What spark-submit was called with, without its common options."""
        calls = Path(self.paths.program("calls"))
        return (
            [line.partition(" spark.ui.port=0 ")[2] for line in calls.read_text().splitlines()]
            if calls.exists()
            else []
        )

    @property
    def files(self) -> dict[str, str]:
        """What is in the directory of the archives."""
        home = Path(self.archives.home)
        return {path.name: path.read_text() for path in sorted(home.iterdir())} if home.is_dir() else {}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """All paths have a blank in them."""
    root = tmp_path / "an instance"
    paths = SparkPaths(f"{root}/dist/spark", f"{root}/conf", (f"{root}/data",))
    instance = Instance("i", "demo-workers-1", "127.0.0.1")
    made = Machine(instance, paths, InstalledJava(f"{root}/jdk", "17.0.1", True), ClassArchives(f"{root}/the cache"))
    made.submit(SUBMIT)
    made._program(root / "jdk/bin/java", JAVA)
    remote = connect(LocalEndpoint("demo-workers-1", str(root)))
    instance.bind(remote)
    yield made
    remote.close()


def test_archives_are_made_tried_and_kept(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing but the archives and the lock is left."""
    machine.share()
    assert machine.files == {"base.jsa": "base\n", "lock": "", "spark.jsa": "top\n"}
    rehearsal = f"{machine.paths.root}/rehearsal.py"
    assert machine.calls == [f"--master local-cluster[1,1,512] {rehearsal}", "--version"]
    assert caplog.messages == []


def test_many_at_once_make_them_once(machine: Machine) -> None:
    """The others wait, and find them."""
    machine.submit(SUBMIT.replace("eval", "sleep 0.2; eval"))
    with ThreadPoolExecutor(4) as threads:
        for future in [threads.submit(machine.share) for _ in range(4)]:
            future.result()
    assert len(machine.calls) == 2
    assert machine.files["spark.jsa"] == "top\n"


def test_a_rehearsal_that_fails_is_not_tried_again(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """It says where the reason is; once that is removed it is tried anew."""
    machine.submit("#!/bin/sh\necho no python here\nexit 1\n")
    machine.share()
    assert machine.files == {"base.jsa": "base\n", "failed.log": "no python here\n", "lock": ""}
    machine.submit(SUBMIT)
    machine.share()
    assert machine.calls == []
    assert all(machine.archives.failure in message for message in caplog.messages)
    assert len(caplog.messages) == 2
    Path(machine.archives.failure).unlink()
    machine.share()
    assert machine.files["spark.jsa"] == "top\n"


def test_an_archive_that_java_does_not_take_is_not_kept(machine: Machine) -> None:
    """It would cost space and time, and bring nothing."""
    machine.submit(SUBMIT.replace("(top)", "(no)"))
    machine.share()
    assert "spark.jsa" not in machine.files


def test_what_took_too_long_is_tried_again(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """The machine may have been busy."""
    machine.submit("#!/bin/sh\nexit 124\n")
    machine.share()
    assert machine.files == {"base.jsa": "base\n", "lock": ""}
    assert "not done in time" in caplog.text
    machine.submit(SUBMIT)
    machine.share()
    assert machine.files["spark.jsa"] == "top\n"


def test_a_place_that_cannot_be_written_does_no_harm(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """A warning, no more."""
    Path(machine.archives.home).write_text("a file in the way")
    machine.share()
    assert "JVMs start slower" in caplog.text
    assert machine.calls == []


def test_an_older_java_is_left_alone(machine: Machine) -> None:
    """It cannot keep what a program loaded."""
    machine.java = InstalledJava(machine.java.home, "11.0.2", False)
    machine.share()
    assert machine.files == {}
