"""The scripts that start Java and Spark's programs, run with stand-ins that tell what they were given."""

import subprocess
import sys
from pathlib import Path

import pytest

from serai.builtin_plugins.spark.java import InstalledJava
from serai.builtin_plugins.spark.launchers import environment_launcher, java_launcher, program_launcher
from serai.hookspec.remote import File

TELL = '#!/bin/sh\nprintf "%s\\n" "$@"\n'
VECTOR = "--add-modules=jdk.incubator.vector"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a ``bin/java`` and a ``bin/spark-submit`` that print their arguments; its name has a blank."""
    programs = tmp_path / "a home" / "bin"
    programs.mkdir(parents=True)
    for name in ("java", "spark-submit"):
        (programs / name).write_text(TELL)
        (programs / name).chmod(0o755)
    return programs.parent


def run(file: File, directory: Path, *args: str) -> list[str]:
    """Write the script, run it, and give the lines it printed."""
    script = directory / "script"
    script.write_text(str(file.content))
    script.chmod(file.mode)
    return subprocess.run([script, *args], capture_output=True, text=True, check=True).stdout.splitlines()


def test_arguments_arrive_as_they_are(home: Path, tmp_path: Path) -> None:
    """Blanks, quotes, empty ones."""
    given = ["-cp", "a b:*", "", "it's $HOME"]
    assert run(java_launcher(InstalledJava(str(home), "17", True), "/jars", ""), tmp_path, *given) == given


def test_the_missing_module_is_left_out(home: Path, tmp_path: Path) -> None:
    """Only where the Java lacks it."""
    given = ["-Xmx1g", VECTOR, "Main", "x y"]
    assert run(java_launcher(InstalledJava(str(home), "25", False), "/jars", ""), tmp_path, *given) == [
        "-Xmx1g",
        "Main",
        "x y",
    ]
    assert run(java_launcher(InstalledJava(str(home), "17", True), "/jars", ""), tmp_path, *given) == given


def test_no_jar_comes_twice_where_that_matters(home: Path, tmp_path: Path) -> None:
    """A jar that stands before the others keeps its place; a class path of other jars is left alone."""
    jars = tmp_path / "the jars"
    jars.mkdir()
    for name in ("a.jar", "b.jar", "c.jar", "LICENSE"):
        (jars / name).touch()
    given = ["-cp", f"/conf:{jars}/b.jar:{jars}/*", "Main", "/x/b.jar:/x/*", "*"]
    expanded = [f"/conf:{jars}/b.jar:{jars}/a.jar:{jars}/c.jar" if part == given[1] else part for part in given]
    assert run(java_launcher(InstalledJava(str(home), "21", True), str(jars), ""), tmp_path, *given) == expanded
    for version in ("17", "25"):
        assert run(java_launcher(InstalledJava(str(home), version, True), str(jars), ""), tmp_path, *given) == given


def test_archives_are_used_once_they_are_there(home: Path, tmp_path: Path) -> None:
    """Without the last one none is."""
    base, top = tmp_path / "base.jsa", tmp_path / "top.jsa"
    base.touch()
    launcher = java_launcher(InstalledJava(str(home), "17", True), "/jars", f"{base}:{top}")
    assert run(launcher, tmp_path, "Main") == ["Main"]
    top.touch()
    assert run(launcher, tmp_path, "Main") == [f"-XX:SharedArchiveFile={base}:{top}", "-Xlog:cds*=off", "Main"]


def test_programs_get_options_before_arguments(home: Path, tmp_path: Path) -> None:
    """What the user gives comes last, and wins."""
    launcher = program_launcher("spark-submit", {"SPARK_HOME": str(home)}, ("--properties-file", "a b"))
    assert run(launcher, tmp_path, "x.py", "1 2") == ["--properties-file", "a b", "x.py", "1 2"]


def test_other_programs_run_in_sparks_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their arguments arrive as they are; Spark's modules come before what was on the path."""
    launcher = environment_launcher({"SPARK_HOME": "/a home"}, "/a home/python")
    tell = 'import os, sys; print(os.environ["SPARK_HOME"], os.environ["PYTHONPATH"], sys.argv[1:], sep="\\n")'
    for before, after in (("", ""), ("/mine", ":/mine")):
        monkeypatch.setenv("PYTHONPATH", before)
        told = run(launcher, tmp_path, sys.executable, "-c", tell, "a b", "$HOME")
        assert told == ["/a home", f"/a home/python{after}", "['a b', '$HOME']"]
