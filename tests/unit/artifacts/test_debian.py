"""Debian's own tools, with packages and a repository made here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from serai.engine.artifact_sources.debian import failure
from serai.engine.artifact_sources.file_sets import digest
from serai.engine.artifact_sources.obtaining import describe
from serai.engine.artifacts import ArtifactCache, label
from serai.hookspec.artifacts import Artifact, Debian
from serai.hookspec.errors import ArtifactError

needs_apt = pytest.mark.skipif(
    shutil.which("apt-get") is None and not os.environ.get("CI"), reason="there is no apt-get here"
)


def greeting(package: str = "greeting", sha256: str = "") -> Artifact:
    return Artifact("greeting", "1", [Debian([package], sha256)])


def build(repository: Path, version: str) -> None:
    """A package with one program in it, and a script that must not be run."""
    tree = repository / f"tree-{version}"
    program = tree / "usr" / "bin" / "greet"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho hello {version}\n")
    program.chmod(0o755)
    control = tree / "DEBIAN"
    control.mkdir()
    about = f"Package: greeting\nVersion: {version}\nArchitecture: all\nMaintainer: none <none@example.org>\n"
    (control / "control").write_text(f"{about}Description: it greets\n")
    (control / "postinst").write_text(f"#!/bin/sh\ntouch {repository}/installed\n")
    (control / "postinst").chmod(0o755)
    archive = repository / f"greeting_{version}_all.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, archive], check=True, capture_output=True)
    shutil.rmtree(tree)


def index(repository: Path) -> str:
    """What a repository tells of its archives."""
    entries = []
    for archive in sorted(repository.glob("*.deb")):
        about = subprocess.run(["dpkg-deb", "--field", archive], check=True, capture_output=True, text=True).stdout
        sha256 = subprocess.run(["sha256sum", archive], check=True, capture_output=True, text=True).stdout.split()[0]
        entries.append(f"{about}Filename: ./{archive.name}\nSize: {archive.stat().st_size}\nSHA256: {sha256}\n")
    return "\n".join(entries)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of two versions of a package; apt here knows it and nothing else."""
    made = tmp_path / "repository"
    made.mkdir()
    for version in ("1.0-1", "1.1-1"):
        build(made, version)
    (made / "Packages").write_text(index(made))
    state = tmp_path / "apt"
    for name in ("state/lists/partial", "cache/archives/partial", "etc"):
        (state / name).mkdir(parents=True)
    (state / "etc" / "status").touch()
    (state / "etc" / "sources.list").write_text(f"deb [trusted=yes] copy:{made} ./\n")
    settings = {
        "Dir::State": state / "state",
        "Dir::State::status": state / "etc" / "status",
        "Dir::Cache": state / "cache",
        "Dir::Etc": state / "etc",
        "APT::Sandbox::User": "",
    }
    (state / "apt.conf").write_text("".join(f'{name} "{value}";\n' for name, value in settings.items()))
    monkeypatch.setenv("APT_CONFIG", str(state / "apt.conf"))
    subprocess.run(["apt-get", "update", "-qq"], check=True, capture_output=True)
    return made


def greeted(place: Path) -> str:
    return subprocess.run([place / "usr/bin/greet"], check=True, capture_output=True, text=True).stdout


@needs_apt
def test_a_package_is_unpacked_and_not_installed(repository: Path, tmp_path: Path) -> None:
    """The newest version that is known; none of its scripts runs."""
    assert greeted(ArtifactCache(tmp_path / "cache").fetch(greeting())) == "hello 1.1-1\n"
    assert not (repository / "installed").exists()


@needs_apt
def test_an_exact_version_may_be_asked_for(repository: Path, tmp_path: Path) -> None:
    """As apt has it: after an equals sign."""
    assert greeted(ArtifactCache(tmp_path / "cache").fetch(greeting("greeting=1.0-1"))) == "hello 1.0-1\n"


@needs_apt
def test_a_pin_holds_for_the_set_of_archives(repository: Path, tmp_path: Path) -> None:
    """Another one is refused, and told what it is."""
    cache = ArtifactCache(tmp_path / "cache")
    with pytest.raises(ArtifactError, match="the SHA-256 of the set is ") as caught:
        cache.fetch(greeting(sha256="0" * 64))
    assert caught.value.code == "CHECKSUM_MISMATCH"
    only = tmp_path / "only"
    only.mkdir()
    shutil.copy(repository / "greeting_1.1-1_all.deb", only)
    assert digest(only) in str(caught.value)
    assert greeted(cache.fetch(greeting(sha256=digest(only)))) == "hello 1.1-1\n"


@needs_apt
def test_what_the_lists_do_not_promise_is_refused(repository: Path, tmp_path: Path) -> None:
    """By apt itself, pinned here or not."""
    with (repository / "greeting_1.1-1_all.deb").open("r+b") as archive:
        archive.seek(-1, os.SEEK_END)
        archive.write(b"!")
    with pytest.raises(ArtifactError) as caught:
        ArtifactCache(tmp_path / "cache").fetch(greeting())
    assert caught.value.code == "CHECKSUM_MISMATCH"


@needs_apt
def test_a_package_that_is_unknown_is_named(repository: Path, tmp_path: Path) -> None:
    """And so is what to do; a version that is unknown likewise."""
    for package in ("nothere", "greeting=9"):
        with pytest.raises(ArtifactError) as caught:
            ArtifactCache(tmp_path / "cache").fetch(greeting(package))
        assert caught.value.code == "PACKAGE_NOT_FOUND"
        assert package.split("=")[0] in str(caught.value)
        assert "apt-get update" in caught.value.hint


def test_without_apt_it_is_said_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages need the tools of the distribution."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ArtifactError, match="there is no apt-get here") as caught:
        ArtifactCache(tmp_path / "cache").fetch(greeting())
    assert caught.value.code == "APT_MISSING"


def test_a_mirror_that_is_out_of_reach_is_told() -> None:
    """In apt's own words, warnings left out."""
    error = failure(100, "W: Something\nE: Failed to fetch http://a/b.deb  Could not connect to a:80\n")
    assert (error.code, error.message) == (
        "REPOSITORY_UNREACHABLE",
        "apt-get: Failed to fetch http://a/b.deb  Could not connect to a:80",
    )


def test_all_that_is_wrong_with_a_source_is_told_at_once() -> None:
    """Nothing that apt takes for an option or for a task gets through."""
    with pytest.raises(ValueError, match="a package is name or name=version") as caught:
        Debian(["--yes", "a/b", "Good", "ok"], "none")
    assert str(caught.value).count("a package is name or name=version") == 3
    assert "a SHA-256 has 64 hexadecimal digits, and 'none' is none" in str(caught.value)
    with pytest.raises(ValueError, match="none are given"):
        Debian([])


def test_the_packages_are_what_a_source_is_called() -> None:
    """In events."""
    assert describe(Debian(["a1", "b2=1"])) == "apt a1 b2=1"


def test_another_declaration_has_another_place() -> None:
    """Of the same name and version."""
    assert label(greeting()) != label(greeting("greeting=1.0-1")) != label(greeting(sha256="0" * 64))
