"""Removing directories, also those that were made unwritable."""

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path


def remove(path: Path) -> str:
    """Remove a file or a directory with all it holds; gives the reason when something is left, else ``""``."""
    try:
        _remove(path)
    except OSError:
        # Software may take away its own right to write; ours to give back.
        _make_writable(path)
        try:
            _remove(path)
        except OSError as error:
            return str(error)
    return ""


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _make_writable(path: Path) -> None:
    with suppress(OSError):
        path.chmod(stat.S_IRWXU)
    for directory, names, _ in os.walk(path):
        for name in names:
            inner = Path(directory, name)
            if not inner.is_symlink():
                with suppress(OSError):
                    inner.chmod(stat.S_IRWXU)
