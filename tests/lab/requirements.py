"""What the lab needs of a machine, and what it says where that is missing."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from lab import clock

PROGRAMS: Mapping[str, str] = {
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "/usr/sbin/sshd": "openssh-server",
    "ip": "iproute2",
    "nft": "nftables",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "sudo": "sudo",
    "ps": "procps",
}
"""Programs, and the Debian package each comes from."""


def missing(find: Callable[[str], str | None] = shutil.which) -> str:
    """Why there can be no lab here; ``""`` when there can.

    Args:
        find: tells where a program is.
    """
    if os.geteuid() != 0:
        return "the lab needs root: it makes network namespaces and mounts"
    absent = {package for program, package in PROGRAMS.items() if find(program) is None}
    packages = sorted(absent if clock.library() else {*absent, "libfaketime"})
    if packages:
        return f"the lab needs {', '.join(packages)}: apt-get install {' '.join(packages)}"
    if "\toverlay" not in Path("/proc/filesystems").read_text():
        return "the lab needs overlay file systems, which this kernel has not loaded: modprobe overlay"
    return ""
