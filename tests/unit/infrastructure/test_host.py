from pathlib import Path

import pytest

from serai.builtin_plugins.infrastructure.host import _limit_files, find_java
from serai.hookspec.facts import JavaRuntime


def java(directory: Path, release: str | None) -> Path:
    """A Java installation of one empty program."""
    (directory / "bin").mkdir(parents=True)
    (directory / "bin" / "java").touch(mode=0o755)
    if release is not None:
        (directory / "release").write_text(release)
    return directory


def test_javas_home_comes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links are resolved, and the version is the release file's."""
    home = java(tmp_path / "jvm-21", 'IMPLEMENTOR="X"\nJAVA_VERSION="21.0.8"\n')
    other = java(tmp_path / "jvm-17", 'JAVA_VERSION="17.0.1"\n')
    (tmp_path / "default").symlink_to(home)
    monkeypatch.setenv("PATH", str(other / "bin"))
    assert find_java(str(tmp_path / "default")) == JavaRuntime(str(home), "21.0.8")
    assert find_java("") == find_java("/no/such/home") == JavaRuntime(str(other), "17.0.1")


@pytest.mark.parametrize("release", [None, "", 'JAVA_VERSION="new"', "JAVA_VERSION=17"])
def test_a_java_that_does_not_tell_its_version_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str | None
) -> None:
    """It is not started for it."""
    monkeypatch.setenv("PATH", "")
    assert find_java(str(java(tmp_path / "jvm", release))) is None


def test_every_control_group_up_to_the_root_has_a_limit() -> None:
    """Of version 2 and version 1, and no other controllers'."""
    groups = "0::/user.slice/session\n4:cpu,memory:/docker/x\n5:pids:/y\n"
    assert [str(path) for path in _limit_files(groups)] == [
        "/sys/fs/cgroup/user.slice/session/memory.max",
        "/sys/fs/cgroup/user.slice/memory.max",
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ]
