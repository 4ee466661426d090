"""Looking for a secret where nobody may see it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.host import Host


@contextmanager
def watched(secret: str) -> Iterator[list[str]]:
    """Gives the command lines of all processes, here and on all hosts, in which a secret is seen meanwhile."""
    seen: list[str] = []
    done = threading.Event()
    thread = threading.Thread(target=_look, args=(secret, seen, done))
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def files_with(secret: str, host: Host, user: str = "root") -> list[str]:
    """Files of a host in which an account sees a secret, each with its mode before it."""
    # Through standard input: on a command line it would be seen. The distributions themselves are left out.
    script = "grep -rlsF --exclude='*.jar' -f - /opt /root /tmp /var /home | xargs -r stat -c '%a %n'"
    return host.run(["sh", "-c", script], user=user, input=secret, timeout=120).stdout.splitlines()


def _look(secret: str, seen: list[str], done: threading.Event) -> None:
    while not done.wait(0.05):
        for command in Path("/proc").glob("[0-9]*/cmdline"):  # hosts' processes are this machine's as well
            try:
                line = command.read_bytes()
            except OSError:
                continue
            if secret.encode() in line:
                seen.append(line.replace(b"\0", b" ").decode(errors="replace"))
