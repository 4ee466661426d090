"""What Serai itself needs: its directories, its store, its plugins."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from serai.engine.cli.findings import Finding, fail, ok, warn
from serai.hookspec.errors import SeraiError
from serai.hookspec.semantics import Role

if TYPE_CHECKING:
    from serai.engine.listing import Plugins

_MIB: Final = 2**20
_LITTLE_ROOM: Final = 3 * 1024 * _MIB
_NO_ROOM: Final = 300 * _MIB
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_MAY_READ: Final = stat.S_IRWXG | stat.S_IRWXO


def room(cache: Path) -> Finding:
    """A framework with its Java takes up to a gigabyte."""
    place = _existing(cache)
    free = shutil.disk_usage(place).free
    message = f"{free // _MIB} MiB free for {cache}"
    hint = "free some disk space, or put the cache elsewhere with XDG_CACHE_HOME"
    if free < _NO_ROOM:
        return fail("disk", message, hint)
    if free < _LITTLE_ROOM:
        return warn("disk", message, hint)
    return ok("disk", message)


def directory(check: str, path: Path, *, private: bool) -> Finding:
    """A directory can be written to, and not by others.

    Args:
        check: what it is for.
        path: the directory; it need not exist yet.
        private: whether others must not even read it.
    """
    place = _existing(path)
    try:
        with TemporaryFile(dir=place):  # by trying: root may do what modes forbid, and not what a read-only mount does
            pass
    except OSError as error:
        return fail(check, f"{place} cannot be written to: {error.strerror}", f"see its owner and mode: ls -ld {place}")
    if place != path:
        return ok(check, f"{path} (will be made)")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (_OTHERS_MAY_READ if private else _OTHERS_MAY_WRITE):
        wanted = "700" if private else "go-w"
        done = "read" if private and not mode & _OTHERS_MAY_WRITE else "change"
        message = f"others may {done} {path} (mode {mode:03o})"
        if mode & stat.S_ISVTX or path.stat().st_uid != os.geteuid():  # such as /tmp: meant to be everybody's
            return warn(check, message, f"choose a directory of your own, below {path} or elsewhere")
        return warn(check, message, f"chmod {wanted} {path}")
    return ok(check, str(path))


def store(url: str) -> Iterator[Finding]:
    """The store opens; one that does not exist yet is not made."""
    from serai.engine.store.location import InFile, located

    try:
        location = located(url)
        if isinstance(location, InFile):
            yield directory("state", location.path.parent, private=True)
            if not location.path.exists():
                yield ok("store", f"{location} (will be made)")
                return
        yield ok("store", _opened(url, str(location)))
    except SeraiError as error:
        yield fail("store", str(error), error.hint)


def _opened(url: str, place: str) -> str:
    from serai.engine.store.store import Store

    store = Store.open(url)
    try:
        clusters = store.clusters()
    finally:
        store.close()
    return f"{place}, with {len(clusters)} cluster{'' if len(clusters) == 1 else 's'}"


def plugins(infos: "Plugins") -> Iterator[Finding]:
    """Every installed plugin can be loaded and keeps the contract."""
    faults = infos.quarantine()
    for key, fault in faults.items():
        yield fail(f"plugin {key}", fault.message, fault.hint or "update or uninstall its package")
    for roster in (infos, infos.auxiliary, infos.infrastructure, infos.listener):
        for name in roster:
            if f"{roster.role}:{name}" not in faults:
                for use in roster[name].deprecations:
                    yield warn(f"plugin {roster.role}:{name}", use, "update its package, or tell its author")
    working = [name for name in infos if f"{Role.PROVISIONING}:{name}" not in faults]
    if working:
        yield ok("plugins", ", ".join(working))
    else:
        yield fail("plugins", "no provisioning plugin works", "install one; Serai brings some of its own: reinstall it")


def _existing(path: Path) -> Path:
    """The path, or the nearest of its parents that exists."""
    return next(place for place in (path, *path.parents) if place.exists())
