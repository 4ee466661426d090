"""Artifacts: fetched once a machine, kept by what was declared, and delivered to the instances."""

import hashlib
import json
import os
import platform
import re
import shutil
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Final

from attrs import asdict

from serai.engine.artifact_sources.obtaining import describe, obtain
from serai.engine.file_lock import locked
from serai.engine.remote.machine import RemoteMachine
from serai.engine.remote.trees import Tree
from serai.hookspec.artifacts import Artifact, Debian, PyPI, Source
from serai.hookspec.errors import ArtifactError
from serai.hookspec.remote import Remote

Progress = Callable[[str], None]
_TIMEOUT: Final = 3600.0
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._+]|^\.")


def default_root() -> Path:
    """``$XDG_CACHE_HOME/serai/artifacts``, below ``~/.cache`` when that is not set."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(given) if os.path.isabs(given) else Path.home() / ".cache"
    return cache / "serai" / "artifacts"


class ArtifactCache:
    """Artifacts on this machine. Safe for many threads and processes: each artifact is fetched once.

    Once an artifact is there it needs no network.

    Args:
        root: the directory that holds them; made when needed.
        mirrors: for tarballs and Maven Central: what to put in the place of the beginning of a URL. (pip and Maven have
            configurations of their own as well.)
        python: the interpreter that PyPI artifacts are installed by and for.
    """

    def __init__(self, root: Path, *, mirrors: Mapping[str, str] | None = None, python: str = sys.executable) -> None:
        self._root = Path(root)
        self._mirrors = dict(mirrors or {})
        self._python = python
        self._lock = Lock()
        self._trees: dict[Path, Tree] = {}

    def fetch(self, artifact: Artifact, progress: Progress | None = None, *, timeout: float = _TIMEOUT) -> Path:
        """Have an artifact.

        Args:
            artifact: which.
            progress: told in a line what is being done, when it takes more than a look.
            timeout: seconds to wait for someone else who fetches it, and then for each source.

        Returns:
            The directory that holds it, complete.

        Raises:
            ArtifactError: no source gave it; ``details["sources"]`` has each one's reason.
            DeadlineExceeded: someone else was not done with it in time.
        """
        tell = progress or (lambda message: None)
        place = self._root / self._label(artifact)
        if place.is_dir():
            return place
        lock = self._root / ".locks" / place.name
        with locked(lock, timeout=timeout, waiting=lambda: tell("waiting for another process that fetches it")):
            if not place.is_dir():
                self._fill(artifact, place, tell, timeout)
        return place

    def deliver(self, remote: Remote, path: Path, artifact: Artifact) -> str:
        """Have a fetched artifact on an instance.

        Args:
            remote: the instance.
            path: what :meth:`fetch` returned.
            artifact: which it is.

        Returns:
            The directory that holds it there: the cache's own where the instance can see that.
        """
        if isinstance(remote, RemoteMachine) and remote.shares_files:
            return os.fspath(path)
        target = f"{remote.layout.dist}/{self._label(artifact)}"
        # An upload puts a directory in place when all of it is there, so that one that is there is complete.
        if remote.run("test", "-d", target, check=False).status != 0:
            if isinstance(remote, RemoteMachine):
                remote.upload(self._tree(path), target)
            else:
                remote.upload(path, target)
        return target

    def _tree(self, path: Path) -> Tree:
        """What is read once, however many machines it goes to."""
        with self._lock:
            return self._trees.setdefault(path, Tree(path))

    def _label(self, artifact: Artifact) -> str:
        return label(artifact, "" if self._python == sys.executable else self._python)

    def _fill(self, artifact: Artifact, place: Path, tell: Progress, timeout: float) -> None:
        began = time.monotonic()
        reasons: list[dict[str, str]] = []
        for source in artifact.sources:
            tell(f"fetching from {describe(source)}")
            try:
                self._attempt(source, place, timeout)
            except ArtifactError as error:
                said = {"code": error.code, "reason": error.message, "hint": error.hint}
                reasons.append({"source": describe(source), **said})
            else:
                tell(f"fetched in {time.monotonic() - began:.1f} s")
                return
        raise _unobtainable(artifact, reasons)

    def _attempt(self, source: Source, place: Path, timeout: float) -> None:
        """Fill a directory beside the place, and only then move it there: what is half done never counts."""
        partial = self._root / ".partial" / place.name
        content, scratch = partial / "content", partial / "scratch"
        # Whoever left something here is gone, since the lock is ours.
        shutil.rmtree(partial, ignore_errors=True)
        content.mkdir(parents=True)
        scratch.mkdir()
        try:
            obtain(source, content, scratch, mirrors=self._mirrors, python=self._python, timeout=timeout)
            content.rename(place)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def label(artifact: Artifact, python: str = "") -> str:
    """The name of the directory of an artifact: another one for every other declaration.

    What comes from PyPI may be compiled, so that the interpreter and the platform count as well; packages are those of
    a distribution's release.

    Args:
        artifact: which.
        python: the interpreter, when it is another than this one.
    """
    declared: dict[str, object] = {
        "artifact": asdict(artifact),
        "kinds": [type(source).__name__ for source in artifact.sources],
    }
    if any(isinstance(source, PyPI) for source in artifact.sources):
        declared["python"] = [python, sys.implementation.cache_tag, sysconfig.get_platform(), *platform.libc_ver()]
    if any(isinstance(source, Debian) for source in artifact.sources):
        declared["distribution"] = [*_distribution(), platform.machine()]
    digest = hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()
    return "-".join([*(_UNSAFE.sub("_", part) for part in (artifact.name, artifact.version)), digest[:16]])


def _distribution() -> tuple[str, str]:
    """What this machine runs; nothing of it where it is no Linux that tells."""
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return ("", "")
    return (told.get("ID", ""), told.get("VERSION_ID", ""))


def _unobtainable(artifact: Artifact, reasons: list[dict[str, str]]) -> ArtifactError:
    lines = "".join(f"\n  {reason['source']}: {reason['reason']}" for reason in reasons)
    hints = [reason["hint"] for reason in reasons if reason["hint"]]
    codes = {reason["code"] for reason in reasons}
    return ArtifactError(
        f"{artifact.name} {artifact.version} could not be had:{lines or ' it has no source'}",
        code=codes.pop() if len(codes) == 1 else None,
        place=artifact.name,
        hint="; ".join(hints) or "see whether this machine reaches the sources, or set a mirror",
        details={"sources": reasons},
    )
