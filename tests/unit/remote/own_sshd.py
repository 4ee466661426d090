"""An sshd for tests: on the loopback of this machine, with keys and logins that only its own sessions have."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from serai.hookspec.remote import SshEndpoint

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin:/usr/bin")
_ORDINARY = {"someone": 61234, "trusted": 61235, "bare": 61236, "noisy": 61237}

# Logins are added in a mount namespace: nobody but this sshd sees them.
_ENTER = """
mount -t tmpfs tmpfs /run && mkdir /run/sshd || exit 1
for file in passwd shadow sudoers; do
    [ ! -e "/etc/$file" ] || mount --bind "$1/$file" "/etc/$file" || exit 1
done
shift
exec "$@"
"""

_CONFIG = """
ListenAddress {address}
Port {port}
HostKey {directory}/host_key
AuthorizedKeysFile {directory}/authorized_keys
PidFile none
StrictModes no
UsePAM no
UseDNS no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
KexAlgorithms curve25519-sha256
Subsystem sftp internal-sftp
Match User serai-bare
    SetEnv PATH={directory}/bin
"""


def as_root() -> bool:
    """Whether logins can be made."""
    return os.getuid() == 0


@contextmanager
def own(config: str = "") -> Iterator["OwnSshd"]:
    """An sshd for one test, with more in its configuration."""
    sshd = OwnSshd(config)
    try:
        sshd.start()
        yield sshd
    finally:
        sshd.remove()


class OwnSshd:
    """An sshd. When root runs the tests it has logins of its own: ``dash`` and ``bash``, root with such a shell;
    ``someone``, ``trusted`` (who may become root by sudo), ``bare`` (who has no program but sh) and ``noisy`` (whose
    shell talks).

    Attributes:
        key: what it proves itself with.
        address: where it listens.
        port: likewise.
    """

    port = 2222

    def __init__(self, config: str = "") -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="serai-sshd-", dir="/tmp"))
        self.directory.chmod(0o711)
        self.address = "127." + ".".join(str(random.randint(2, 250)) for _ in range(3))
        self.key = self.make_key("host_key")
        self.make_key("identity")
        shutil.copy(self.directory / "identity.pub", self.directory / "authorized_keys")
        (self.directory / "authorized_keys").chmod(0o644)
        text = _CONFIG.format(address=self.address, port=self.port, directory=self.directory)
        (self.directory / "config").write_text(f"{config}\n{text}")
        self._process: subprocess.Popen[bytes] | None = None

    def make_key(self, name: str, kind: str = "ed25519") -> str:
        """Make a pair of keys; gives the public one."""
        path = self.directory / name
        path.unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path], check=True)
        return " ".join(path.with_suffix(".pub").read_text().split()[:2])

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = [SSHD, "-D", "-e", "-f", str(self.directory / "config")]
        if as_root():
            self._make_logins()
            command = ["unshare", "--mount", "sh", "-c", _ENTER, "sh", str(self.directory), *command]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while not self._answers():
            assert time.monotonic() < deadline, (self.directory / "log").read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """End it; its sessions go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)
            self._process = None

    def restart(self) -> None:
        """End it with its sessions, and start it anew."""
        for pid in self.sessions():
            os.kill(pid, signal.SIGKILL)
        self.stop()
        self.start()

    def remove(self) -> None:
        """End it and its sessions, and leave nothing behind."""
        sessions = self.sessions()
        self.stop()
        for pid in sessions:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.directory)

    def sessions(self) -> list[int]:
        """The processes of sshd that hold a connection."""
        listener = self._process.pid if self._process else 0
        done = subprocess.run(["pgrep", "-P", str(listener), "sshd"], capture_output=True, text=True)
        return [int(pid) for pid in done.stdout.split()]

    def endpoint(self, login: str = "dash", **changes: Any) -> SshEndpoint:
        """How to get there: with one of its logins, or as who runs the tests when that is not root."""
        user = f"serai-{login}" if as_root() else ""
        known: dict[str, Any] = {
            "host": "worker-1",
            "address": self.address,
            "user": user,
            "port": self.port,
            "identity_file": str(self.directory / "identity"),
            "config_file": "/dev/null",
            "host_keys": (self.key,),
        }
        return SshEndpoint(**{**known, **changes})

    def _make_logins(self) -> None:
        passwd = [
            f"serai-{shell}:x:0:0::{self.directory}:{shutil.which(shell) or '/bin/sh'}" for shell in ("dash", "bash")
        ]
        for name, number in _ORDINARY.items():
            home = self.directory / f"home-{name}"
            home.mkdir(exist_ok=True)
            os.chown(home, number, number)
            shell = "/bin/bash" if name == "noisy" else "/bin/sh"
            passwd.append(f"serai-{name}:x:{number}:{number}::{home}:{shell}")
        names = [line.partition(":")[0] for line in passwd]
        self._extend("passwd", passwd)
        self._extend("shadow", [f"{name}:*:19000:0:99999:7:::" for name in names])
        (self.directory / "sudoers").write_text("serai-trusted ALL=(ALL) NOPASSWD: ALL\n")
        (self.directory / "sudoers").chmod(0o440)
        (self.directory / "home-noisy" / ".bashrc").write_text("echo welcome; echo beware >&2\n")
        (self.directory / "bin").mkdir(exist_ok=True)
        with suppress(FileExistsError):
            (self.directory / "bin" / "sh").symlink_to("/bin/sh")

    def _extend(self, name: str, lines: list[str]) -> None:
        path = self.directory / name
        path.write_text(Path("/etc", name).read_text() + "".join(f"{line}\n" for line in lines))

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection((self.address, self.port), 1) as connection:
            return connection.recv(4) == b"SSH-"
        return False
