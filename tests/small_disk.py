"""A disk that is full when a test wants it: a file system of a few megabytes, made for that test."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "serai-test", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def fill(small_disk: Path) -> Iterator[Callable[[], None]]:
    """Leave no room on it; calling it again with ``free`` makes room."""
    ballast = small_disk / "ballast"

    def fill(*, free: bool = False) -> None:
        if free:
            ballast.unlink()
            return
        with ballast.open("wb", buffering=0) as file:
            size = 65536
            while size:
                try:
                    file.write(b"x" * size)
                except OSError:
                    size //= 2

    return fill
