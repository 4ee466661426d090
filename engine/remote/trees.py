"""Large files and whole directories to and from a machine: streamed, verified, put in place at once."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO, Final, Protocol, cast

from serai.engine.remote.commands import text
from serai.engine.remote.transfer import checked_path, new_token
from serai.engine.remote.transport import Outcome
from serai.hookspec.errors import RemoteError

_DIGEST: Final = r"""
# Names, modes and sizes, then all content in one: equal for equal trees, in four processes whatever their size.
digest() {
    (
        cd "$1" || exit 1
        {
            find . -type d -exec stat -c 'd %a %n' {} + | LC_ALL=C sort
            find . -type f -exec stat -c 'f %a %s %n' {} + | LC_ALL=C sort
            find . -type l -exec stat -c 'l %N' {} + | LC_ALL=C sort
            find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r cat --
        } | sha256sum | cut -c 1-64
    )
}
"""

_TREE_DIGEST: Final = f'{_DIGEST}\ndigest "$1"'

_RECEIVE: Final = r"""
set -u
path=$1 wanted=$2 mode=$3 temporary=${1%/*}/.serai-$4
trap 'rm -rf "$temporary" "$temporary.old"' EXIT
trap 'exit 143' HUP INT TERM
verify() {
    [ "$1" = "$wanted" ] && return
    echo "$path: what arrived differs from what was sent" >&2
    exit 1
}
[ -d "${path%/*}/" ] || mkdir -p "${path%/*}" || exit 1
"""

_RECEIVE_FILE: Final = (
    _RECEIVE
    + r"""
digest() { sha256sum <"$1" | cut -c 1-64; }
if [ -d "$path" ]; then
    echo "$path: is a directory" >&2
    exit 1
fi
if [ -f "$path" ] && [ "$(stat -L -c %a "$path")" = "$mode" ] && [ "$(digest "$path")" = "$wanted" ]; then
    exit 0
fi
(umask 077 && cat >"$temporary") || exit 1
verify "$(digest "$temporary")"
chmod "$mode" "$temporary" && mv -f "$temporary" "$path" && echo changed
"""
)

_RECEIVE_TREE: Final = (
    _RECEIVE
    + _DIGEST
    + r"""
if [ -d "$path" ] && [ "$(digest "$path")" = "$wanted" ]; then
    exit 0
fi
mkdir "$temporary" && tar -x -p -o -f - -C "$temporary" || exit 1
verify "$(digest "$temporary")"
if [ -e "$path" ] || [ -L "$path" ]; then
    mv "$path" "$temporary.old" || exit 1
fi
mv "$temporary" "$path" && echo changed
"""
)

_SEND: Final = r"""
if [ ! -f "$1" ]; then
    echo "$1: no such file" >&2
    exit 1
fi
# No more than it held at first: a log that grows meanwhile is not a damaged one.
size=$(stat -L -c %s -- "$1") && head -c "$size" -- "$1" | sha256sum | cut -c 1-64 >&2 && head -c "$size" -- "$1"
"""


class Demand(Protocol):
    """Runs a command on the machine, or raises."""

    def __call__(
        self,
        *argv: str,
        title: str,
        timeout: float,
        stdin: bytes | IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
    ) -> Outcome: ...


def upload(demand: Demand, source: Path, path: str, *, timeout: float) -> bool:
    """Copy a file or directory to the machine unless it is there already; True when it was not."""
    if source.is_dir():
        script, wanted, mode = _RECEIVE_TREE, tree_digest(source, timeout=timeout), ""
    else:
        script, wanted, mode = _RECEIVE_FILE, file_digest(source), f"{source.stat().st_mode & 0o7777:o}"
    with _stream(source) as stdin:
        argv = ("sh", "-c", script, "sh", path, wanted, mode, new_token())
        outcome = demand(*argv, title=f"upload {path}", stdin=stdin, timeout=timeout)
    return bool(outcome.stdout)


def download(demand: Demand, path: str, destination: Path, *, timeout: float) -> None:
    """Copy a file from the machine; the destination is replaced when all of it has arrived."""
    handle, name = tempfile.mkstemp(prefix=".serai-", dir=destination.parent)
    temporary = Path(name)
    try:
        with open(handle, "wb") as file:
            argv = ("sh", "-c", _SEND, "sh", checked_path(path))
            outcome = demand(*argv, title=f"download {path}", stdout=file, timeout=timeout)
        if outcome.stderr.split()[-1:] != [file_digest(temporary).encode()]:
            raise RemoteError(f"{path}: what arrived differs from what was sent", code="TRANSFER_DAMAGED")
        temporary.replace(destination)
    finally:
        temporary.unlink(missing_ok=True)


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree_digest(path: Path, *, timeout: float) -> str:
    """The digest of a directory here, by the very script that makes it on the machine."""
    # Here and not above: plumbum takes longer to import than all the engine.
    from serai.engine.remote.local import LocalTransport
    from serai.engine.remote.transport import Command

    command = Command(("sh", "-c", _TREE_DIGEST, "sh", str(path)), cwd="/")
    outcome = LocalTransport("here", {}).execute(command, stdin=None, stdout=None, timeout=timeout)
    if outcome.status or outcome.stderr:
        raise unreadable(path, outcome)
    return outcome.stdout.decode().strip()


def unreadable(path: Path, outcome: Outcome) -> RemoteError:
    """Why a directory here cannot be read: the first reason of what may be one for each of its files."""
    said = text(outcome.stderr).strip().splitlines() or [f"status {outcome.status}"]
    more = f" (and {len(said) - 1} more of its kind)" if len(said) > 1 else ""
    return RemoteError(f"{path} cannot be read: {said[0]}{more}", host="here")


@contextmanager
def _stream(source: Path) -> Iterator[IO[bytes]]:
    if not source.is_dir():
        with source.open("rb") as file:
            yield file
        return
    from plumbum.machines.local import LocalCommand

    # The host checks what arrives against the digest, so that tar's own status does not matter.
    arguments = ["-C", os.fspath(source), "-c", "-f", "-", "."]
    tar = LocalCommand("tar").popen(arguments, cwd="/", stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    stream = cast(IO[bytes], tar.stdout)
    try:
        yield stream
    finally:
        stream.close()
        tar.kill()
        tar.wait()
