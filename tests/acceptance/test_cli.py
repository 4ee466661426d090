"""The installed command, as an operator or a script runs it, on a real Dask cluster."""

import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SERAI = str(Path(sys.executable).with_name("serai"))

TEN_MISTAKES = """
name: Not_A_Name
plugin_name: dask
hadoop_version: "2026.8.0"
infrastructure: {provider: locla}
auxiliary_plugins: [nosuch]
colour: blue
anti_affinity: [nobody]
cluster_configs:
  "service:Dask": {"Scheduler port": "high", "Wroker port": 1}
node_groups:
  - {name: scheduler, count: 1, node_processes: [scheduler, schedulre]}
  - {name: workers, count: -3, node_processes: [worker], node_configs: {"service:Dask": {"Worker memory": 0}}}
  - {name: workers, node_processes: [worker]}
"""


@pytest.fixture
def document(tmp_path):
    """A Dask cluster's document, whose workers are small."""
    path = tmp_path / "demo.yaml"
    path.write_text((EXAMPLES / "dask.yaml").read_text().replace("dask-demo", "demo"))
    return str(path)


def test_a_cluster_is_planned_made_used_scaled_and_removed(serai, document, left):
    """One command after the other, each with what it is for."""
    planned = serai("plan", document, "--json").document
    assert [each["name"] for each in planned["instances"]] == ["demo-scheduler-1", "demo-workers-1", "demo-workers-2"]
    assert serai("ls", "--json").document == []

    up = serai("up", document)
    assert up.stdout.startswith("demo is Active")
    assert "create demo done" in up.stderr
    name, plugin, version, status, instances, _ = serai("ls").stdout.splitlines()[1].split()
    assert (name, plugin, version, status, instances) == ("demo", "dask", "2026.8.0", "Active", "3")

    cluster = serai("show", "demo", "--json").document
    assert cluster["hadoop_version"] == "2026.8.0"
    made = [each for group in cluster["node_groups"] for each in group["instances"]]
    assert [each["instance_name"] for each in made] == [each["name"] for each in planned["instances"]]
    assert len({each["internal_ip"] for each in made}) == 3

    text, program = EXAMPLES / "text" / "opticks.txt", EXAMPLES / "dask_wordcount.py"
    ran = serai("job", "run", "demo", "--type", "Shell", "--lib", str(text), str(program), "opticks.txt")
    assert "9825 the" in ran.stdout
    job = serai("job", "ls", "demo", "--json").document[0]
    assert (job["status"], job["info"]["exit_code"]) == ("SUCCEEDED", 0)
    assert serai("job", "logs", job["id"]).stdout == ran.stdout

    assert serai("health", "demo").stdout.startswith("demo is green")
    serai("scale", "demo", "workers=3")
    assert "demo-workers-3" in serai("show", "demo").stdout
    serai("scale", "demo", "workers=1")
    assert serai("ls").stdout.splitlines()[1].split()[4] == "2"

    assert serai("down", "demo").stdout == "demo is gone\n"
    serai("show", "demo", code=4)
    assert left() == []


def test_ten_mistakes_are_ten_errors_and_nothing_is_made(serai, tmp_path, left):
    """In one run, each with its place."""
    document = tmp_path / "mistakes.yaml"
    document.write_text(TEN_MISTAKES)
    told = serai("up", str(document), code=3).stderr
    error = serai("up", str(document), "--json", code=3).document["error"]
    assert len(error["errors"]) >= 10
    assert all(each["path"] in told and each["message"] in told for each in error["errors"])
    assert serai("ls", "--json").document == []
    assert left() == []


def test_a_killed_worker_is_red_and_named(serai, document, left):
    """By the exit code, and by its instance."""
    serai("up", document)
    workers = [line.split() for line in left() if "-m distributed.cli.dask_worker" in line and "demo-workers-2" in line]
    (worker,) = [words for words in workers if "python" in words[2]]  # not what watches over it
    os.kill(int(worker[1]), signal.SIGKILL)
    health = serai("health", "demo", code=7)
    assert health.stdout.startswith("demo is red")
    assert "demo-workers-2" in health.stdout


class Terminal:
    """The command on a terminal of its own."""

    def __init__(self, *arguments):
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [SERAI, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"},
        )
        os.close(theirs)
        self._shown = b""
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while True:
            try:
                piece = os.read(self._ours, 4096)
            except OSError:  # how a terminal says that nobody is on its other side any more
                piece = b""
            with self._news:
                self._shown += piece
                self._news.notify_all()
            if not piece:
                return

    def wait_for(self, text):
        """Wait until a text is shown."""
        with self._news:
            assert self._news.wait_for(lambda: text.encode() in self._shown, timeout=60), self._shown.decode()

    def end(self):
        """Wait for the end; the exit code and everything shown."""
        code = self.process.wait(60)
        self._reader.join(10)
        os.close(self._ours)
        return code, self._shown.decode()


def test_on_a_terminal_progress_is_live_and_the_result_a_table(serai, document):
    """Phases and steps with marks, redrawn in between; the cursor comes back."""
    code, shown = Terminal("up", document).end()
    assert code == 0
    assert "\x1b[32m✓ \x1b[0mStarting" in shown
    assert "demo-workers-2" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def test_ctrl_c_cancels_and_what_was_begun_is_gone_on_with(serai, document, left):
    """The operation stops, and says how to go on; retry does."""
    terminal = Terminal("up", document)
    terminal.wait_for("Spawning")
    terminal.process.send_signal(signal.SIGINT)
    code, shown = terminal.end()
    assert code == 130
    assert "cancelling create demo" in shown
    assert "serai retry demo" in shown

    serai("retry", "demo")
    assert serai("health", "demo").stdout.startswith("demo is green")
    serai("down", "demo")
    assert left() == []
