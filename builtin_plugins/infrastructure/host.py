"""What this machine is like, read from its files; nothing is started for it."""

import os
import platform
import pwd
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

from serai.hookspec.facts import Disk, Facts, JavaRuntime

_VERSION: Final = re.compile(r'^JAVA_VERSION="([0-9][0-9A-Za-z._+-]*)"$', re.MULTILINE)
_MIB: Final = 2**20


def read_facts(directory: Path) -> Facts:
    """Facts of this machine.

    Args:
        directory: whose file system matters beside the root.
    """
    hostname = os.uname().nodename
    release = _os_release()
    return Facts(
        hostname=hostname,
        machine_id=_machine_id(hostname),
        distribution=release.get("ID", ""),
        distribution_version=release.get("VERSION_ID", ""),
        architecture=os.uname().machine,
        cpus=len(os.sched_getaffinity(0)),
        memory_mb=_memory() // _MIB,
        disks=_disks(directory),
        java=find_java(os.environ.get("JAVA_HOME", "")),
        python=shutil.which("python3") or "",
        user=current_user(),
        is_root=os.getuid() == 0,
        has_systemd=os.path.isdir("/run/systemd/system"),
    )


def current_user() -> str:
    """The login this process runs as; its number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def find_java(java_home: str) -> JavaRuntime | None:
    """The Java of this machine, JAVA_HOME first, then the PATH; None when its release file does not tell a version."""
    candidates = [f"{java_home}/bin/java"] if java_home else []
    for candidate in [*candidates, shutil.which("java") or ""]:
        if os.access(candidate, os.X_OK):
            home = Path(os.path.realpath(candidate)).parent.parent
            version = _VERSION.search(_content(home / "release"))
            return JavaRuntime(os.fspath(home), version.group(1)) if version else None
    return None


def _machine_id(hostname: str) -> str:
    """As the engine's remote layer tells it: what is stored on the machine, else what the kernel drew at boot."""
    stored = _content(Path("/etc/machine-id"))
    if stored and stored != "uninitialized":
        return stored
    boot_id = _content(Path("/proc/sys/kernel/random/boot_id"))
    return f"{boot_id}-{hostname}" if boot_id else ""


def _memory() -> int:
    """Bytes of memory: the machine's, or the lowest limit of the control groups this process is in."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits = (_content(path) for path in _limit_files(_content(Path("/proc/self/cgroup"))))
    return min([total, *(int(limit) for limit in limits if limit.isdecimal())])


def _limit_files(groups: str) -> Iterator[Path]:
    """Where the limits are, given ``/proc/self/cgroup``: version 2 and version 1, each group up to the root."""
    for line in groups.splitlines():
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if number == "0" and not controllers:
            tree, name = Path("/sys/fs/cgroup"), "memory.max"
        elif "memory" in controllers.split(","):
            tree, name = Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"
        else:
            continue
        group = PurePosixPath(path.lstrip("/"))
        yield from (tree / level / name for level in (group, *group.parents))


def _disks(directory: Path) -> tuple[Disk, ...]:
    found: dict[str, Disk] = {}
    for path in (Path("/"), directory):
        mount = _mount_point(path)
        size = os.statvfs(mount)
        total, free = size.f_blocks * size.f_frsize // _MIB, size.f_bavail * size.f_frsize // _MIB
        found[mount] = Disk(mount, total, free)
    return tuple(found.values())


def _mount_point(path: Path) -> str:
    resolved = path.resolve()
    return os.fspath(next(level for level in (resolved, *resolved.parents) if os.path.ismount(level)))


def _os_release() -> dict[str, str]:
    with suppress(OSError):
        return platform.freedesktop_os_release()
    return {}


def _content(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(errors="replace").strip()
    return ""
