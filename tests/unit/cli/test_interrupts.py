"""Ctrl-C."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Serai = Callable[..., Any]
Document = Callable[..., str]


def test_ctrl_c_cancels_the_operation_and_tells_what_is_left(serai: Serai, document: Document) -> None:
    """The cluster stays, for retry and down to go on with."""
    interrupted = serai("up", document(Obstacle="interrupt"))
    assert interrupted.code == 130
    assert "cancelling create demo" in interrupted.err
    assert "[CANCELLED]" in interrupted.err
    assert "demo is Error, with 2 machines" in interrupted.err
    assert "demo-guards-1 127." in interrupted.err
    assert "serai retry demo" in interrupted.err
    assert "Traceback" not in interrupted.err
    assert serai("down", "demo").code == 0


def test_ctrl_c_means_what_it_did_before_when_the_operation_has_ended(serai: Serai, document: Document) -> None:
    """The handler is the operation's alone."""
    before = signal.getsignal(signal.SIGINT)
    serai("up", document(Obstacle="interrupt"), "--json")
    assert signal.getsignal(signal.SIGINT) is before


def test_with_json_an_interruption_is_an_error_document(serai: Serai, document: Document) -> None:
    """With what is left as data."""
    interrupted = serai("up", document(Obstacle="interrupt"), "--json")
    assert interrupted.code == 130
    error = interrupted.document["error"]
    assert error["code"] == "CANCELLED"
    assert [machine.split()[0] for machine in error["details"]["machines"]] == ["demo-guards-1", "demo-tents-1"]


STUBBORN = """
import os, signal, sys, time
from pathlib import Path
from serai.builtin_plugins.infrastructure.local import LocalProvider
from serai.engine import Engine, plugin
from serai.engine.cli.main import run
from serai.engine.cli.session import Session
from serai.hookspec import hookimpl
from serai.hookspec.semantics import Role

class Stubborn:
    @hookimpl
    def get_versions(self): return ["2"]
    @hookimpl
    def get_configs(self): return []
    @hookimpl
    def get_node_processes(self): return {"Camp": ["guard", "tent"]}
    @hookimpl
    def configure_cluster(self):
        if sys.argv[1] == "up":
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.3)
            time.sleep(60)  # asked to stop, it does not
    @hookimpl
    def start_cluster(self): pass

root = Path(sys.argv.pop())
given = [
    plugin("camp", Role.PROVISIONING, Stubborn()),
    plugin("local", Role.INFRASTRUCTURE, LocalProvider(root / "machines")),
]
opened = lambda url, transcript: Engine.open(url, plugins=given, discover=False, cache=root / "cache")
sys.exit(run(sys.argv[1:], Session(store=f"sqlite:///{root}/stubborn.db", opener=opened)))
"""


@pytest.mark.slow
def test_a_second_ctrl_c_leaves_at_once_and_retry_goes_on(tmp_path: Path) -> None:
    """Even when what runs does not listen; nothing of it is lost."""
    document = tmp_path / "demo.yaml"
    document.write_text(
        "{name: demo, plugin_name: camp, hadoop_version: '2', node_groups: [{name: all, node_processes: [guard]}]}"
    )

    def stubborn(*arguments: str) -> "subprocess.CompletedProcess[str]":
        argv = [sys.executable, "-c", STUBBORN, *arguments, str(tmp_path)]
        return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)

    left = stubborn("up", str(document))
    assert left.returncode == 130
    assert "left create demo unfinished\n  go on: serai retry demo\n  remove: serai down demo" in left.stderr
    assert stubborn("retry", "demo").returncode == 0
    assert stubborn("down", "demo").returncode == 0


EARLY = """
import os, signal, sys

class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == "serai.engine.cli.apply_command":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, CtrlC())
"""
LATE = """
import os, signal, sys
from serai.engine.operations.leases import Leases

def close(self):
    os.kill(os.getpid(), signal.SIGINT)

Leases.close = close
"""
START = """
signal.signal(signal.SIGINT, signal.default_int_handler)  # what began the tests may ignore it
from serai.engine.cli.start import main
main()
"""


@pytest.mark.parametrize("moment", [EARLY, LATE], ids=["while it is loaded", "while it ends"])
def test_ctrl_c_before_anything_was_begun_or_after_it_shows_no_traceback(tmp_path: Path, moment: str) -> None:
    """Whoever presses it early, or once more, is told in a line."""
    argv = [sys.executable, "-c", moment + START, "--store", f"sqlite:///{tmp_path}/serai.db", "ls"]
    interrupted = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert interrupted.returncode == 130
    assert interrupted.stderr == "Error: interrupted  [INTERRUPTED]\n"
