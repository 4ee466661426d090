"""What differs on a host from this machine when it starts: two trees of files, written before it does.

``hidden`` is laid over this machine's root and takes things away; ``files`` is copied over what remains.
"""

import os
import stat
import subprocess
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

USER = "operator"
"""Login of the account without root."""

PASSWORD = "lab"  # what sudo asks for, where it asks
_HASH = "$6$serailab$6Hbh7pAn4Y7RxxMLDMevDDYsAWDlU9QxOmMEHdk.J.Xg5EvclIkQj0/fmBJv6yPkgUi/WkyBmpiAyfy/lKmON/"
_NUMBER = 20042

HIDDEN = ("/tmp", "/var/tmp", "/var/log", "/run", "/root", "/home", "/opt/serai", "/etc/ssh", "/etc/sudoers.d")  # noqa: S108
"""Of this machine's, never seen on a host: files in use, other people's, keys, and Serai's own."""

HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"

REAL_MONOTONIC = "FAKETIME_DONT_FAKE_MONOTONIC"
"""Kept in the environment for where the time of day is wrong: Java hangs when the time since boot is as well."""

SSHD_CONFIG = f"""\
HostKey {HOST_KEY}
PidFile /run/sshd.pid
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
Subsystem sftp internal-sftp
SetEnv {REAL_MONOTONIC}=1
"""


@frozen
class Entry:
    """A file or directory of a host.

    Attributes:
        content: of a file; ``None`` makes a directory.
        mode: permissions.
        owner: number of user and group.
    """

    content: str | None = None
    mode: int = 0o755
    owner: int = 0


def entries(name: str, hosts_file: str, authorized_key: str, account_files: Mapping[str, str]) -> dict[str, Entry]:
    """Everything of a host's own, by absolute path; directories come before what is in them."""
    home = f"/home/{USER}"
    return {
        "/tmp": Entry(mode=0o1777),  # noqa: S108
        "/var/tmp": Entry(mode=0o1777),  # noqa: S108
        "/var/log": Entry(),
        "/run": Entry(),
        "/run/sshd": Entry(),
        "/root": Entry(mode=0o700),
        "/root/.ssh": Entry(mode=0o700),
        "/root/.ssh/authorized_keys": Entry(f"{authorized_key}\n", 0o600),
        "/home": Entry(),
        home: Entry(mode=0o755, owner=_NUMBER),
        f"{home}/.ssh": Entry(mode=0o700, owner=_NUMBER),
        f"{home}/.ssh/authorized_keys": Entry(f"{authorized_key}\n", 0o600, _NUMBER),
        "/etc/hostname": Entry(f"{name}\n", 0o644),
        "/etc/hosts": Entry(hosts_file, 0o644),
        "/etc/machine-id": Entry(f"{uuid.uuid4().hex}\n", 0o444),
        "/etc/lab": Entry(),
        "/etc/lab/boot_id": Entry(f"{uuid.uuid4()}\n", 0o444),
        "/etc/ssh": Entry(),
        "/etc/ssh/sshd_config": Entry(SSHD_CONFIG, 0o644),
        "/etc/sudoers.d": Entry(mode=0o750),
        **{path: Entry(text, 0o640 if path.endswith("shadow") else 0o644) for path, text in account_files.items()},
    }


def account_files(passwd: str, shadow: str, group: str) -> dict[str, str]:
    """This machine's accounts, with the one of the lab added and root's login by key open.

    Args:
        passwd: text of the file of that name; ``shadow``, ``group``: likewise.
    """
    others = [line for line in shadow.splitlines() if not line.startswith("root:")]
    return {
        "/etc/passwd": f"{passwd}{USER}:x:{_NUMBER}:{_NUMBER}::/home/{USER}:/bin/sh\n",
        # A password that begins with "!" locks an account for sshd; "*" is merely none that fits.
        "/etc/shadow": "\n".join(["root:*:20000::::::", *others, f"{USER}:{_HASH}:20000::::::", ""]),
        "/etc/group": f"{group}{USER}:x:{_NUMBER}:\n",
    }


def own_account_files() -> dict[str, str]:
    """The same of the machine this runs on."""
    return account_files(*(Path("/etc", name).read_text() for name in ("passwd", "shadow", "group")))


def hosts_file(addresses: Mapping[str, str]) -> str:
    """The text of ``/etc/hosts``: every machine of the lab by its name."""
    lines = [f"{address} {name}" for name, address in addresses.items()]
    return "\n".join(["127.0.0.1 localhost", "::1 localhost ip6-localhost", *lines, ""])


def write(directory: Path, content: Mapping[str, Entry], hidden: Iterable[str] = HIDDEN) -> None:
    """Write both trees, and a new host key.

    Args:
        directory: where; it is made.
        content: what :func:`entries` told.
        hidden: paths to take away.
    """
    for path in hidden:
        whiteout = directory / "hidden" / path[1:]
        whiteout.parent.mkdir(parents=True, exist_ok=True)
        os.mknod(whiteout, stat.S_IFCHR, os.makedev(0, 0))  # how an overlay says that something is not there
    for path, entry in content.items():
        _write(directory / "files" / path[1:], entry)
    make_key(directory / "files" / HOST_KEY[1:], "")


def make_key(path: Path, comment: str) -> str:
    """Make a key pair; returns the public half, without the comment."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)], check=True)
    return " ".join(path.with_name(f"{path.name}.pub").read_text().split()[:2])


def _write(path: Path, entry: Entry) -> None:
    if entry.content is None:
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(entry.content)
    path.chmod(entry.mode)
    os.chown(path, entry.owner, entry.owner)
