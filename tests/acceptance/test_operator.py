"""What a hostile or hurried operator does to a cluster, and what must still work after it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

Serai = Callable[..., Any]


@pytest.fixture
def demo(serai: Serai, tmp_path: Path) -> Serai:
    """The command line, with a cluster demo that is up."""
    path = tmp_path / "demo.yaml"
    path.write_text((EXAMPLES / "dask.yaml").read_text().replace("dask-demo", "demo"))
    serai("up", str(path))
    return serai


def test_a_machine_that_somebody_removed_is_red_and_stops_no_end(
    demo: Serai, state: Path, left: Callable[[], list[str]]
) -> None:
    """Its directory is gone, its processes run: health names it, a job runs beside it, down ends them all."""
    (gone,) = (state / "machines").glob("*/demo-workers-1")
    shutil.rmtree(gone)
    report = demo("health", "demo", "--json", code=7).document
    by_name = {check["name"]: check for check in report["checks"]}
    assert "is not below" in by_name["machine demo-workers-1"]["reason"]
    assert by_name["machine demo-workers-2"]["color"] == "green"
    demo("job", "run", "demo", "--type", "Shell", "--command", "true")
    assert "MACHINE_NOT_FOUND" in demo("down", "demo").stderr
    assert left() == []


def test_machines_that_are_elsewhere_are_not_forgotten(
    demo: Serai, state: Path, left: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another SERAI_LOCAL_ROOT than at their making: down refuses, and tells the one they were made in."""
    root = os.environ["SERAI_LOCAL_ROOT"]
    monkeypatch.setenv("SERAI_LOCAL_ROOT", str(state / "elsewhere"))
    refused = demo("down", "demo", code=1).stderr
    assert "MACHINE_ELSEWHERE" in refused
    assert f"set SERAI_LOCAL_ROOT={root}" in refused
    monkeypatch.setenv("SERAI_LOCAL_ROOT", root)
    demo("down", "demo")
    assert left() == []
