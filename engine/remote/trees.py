"""Large files and whole directories to and from a machine: streamed, verified, put in place at once."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE
from threading import Lock
from typing import IO, Final, Protocol, cast

from serai.engine.remote.commands import text
from serai.engine.remote.prologue import PROLOGUE, file_checksum
from serai.engine.remote.transfer import checked_path, new_token
from serai.engine.remote.transport import Outcome
from serai.hookspec.errors import CommandFailed, ConnectionLost, DeadlineExceeded, RemoteError

_PACK: Final = (
    "tar",
    *("--create", "--file=-", "--format=gnu", "--warning=no-file-ignored"),
    *("--sort=name", "--numeric-owner", "--owner=0", "--group=0"),
)
"""Equal bytes for equal directories, here and on the machine: names, modes, times, links, content."""

_DIFFERS: Final = 65
"""Exit status when something else arrived than what was announced (EX_DATAERR)."""

_PACKED_SUM: Final = rf"""
packed_sum() {{ {{ {" ".join(_PACK)} --directory="$1" . || echo incomplete; }} | checksum; }}
"""

_RECEIVE: Final = (
    PROLOGUE
    + r"""
path=$1 wanted=$2 temporary=${1%/*}/.serai-$3
trap 'rm -rf -- "$temporary" "$temporary.old"' EXIT
trap 'exit 143' HUP INT TERM
[ -d "${path%/*}/" ] || mkdir -p -- "${path%/*}" || exit 1
"""
)

_RECEIVE_FILE: Final = (
    _RECEIVE
    + r"""
# Sets "sum".
sum() {
    sum=$(checksum <"$1") || exit 1
    sum=${sum%% *}
}
[ ! -d "$path" ] || refuse "$path" "is a directory"
if [ -f "$path" ] && [ "$(stat -L -c '%a %s' -- "$path")" = "$4 $5" ]; then
    sum "$path"
    [ "$sum" != "$wanted" ] || exit 0
fi
(umask 077 && cat >"$temporary") || exit 1
sum "$temporary"
[ "$sum" = "$wanted" ] || refuse "$path" "what arrived differs from what was sent" 65
chmod "$4" "$temporary" && mv -f -T -- "$temporary" "$path" || exit 1
trap - EXIT
echo changed
"""
)

_RECEIVE_TREE: Final = (
    _RECEIVE
    + _PACKED_SUM
    + r"""
if [ -d "$path" ] && [ "$(packed_sum "$path")" = "$wanted  -" ]; then
    exit 0
fi
mkdir -- "$temporary" || exit 1
# One pass: what is unpacked is summed up on its way. Both, and what tar has to say, come back.
said=$({
    { tee /dev/fd/3 | tar -x -p -o -f - --warning=no-timestamp -C "$temporary" >&4 2>&4 && echo unpacked >&4; } 3>&1 |
        checksum
} 4>&1)
case $newline$said in
    *"${newline}unpacked$newline$wanted  -") ;;
    *"${newline}unpacked$newline"*) refuse "$path" "what arrived differs from what was sent" 65 ;;
    *) tar_failed "$said" ;;
esac
# From here to the end nothing interrupts: there is a moment without a directory of that name.
trap '' HUP INT TERM
if [ -e "$path" ] || [ -L "$path" ]; then
    mv -T -- "$path" "$temporary.old" || exit 1
fi
mv -T -- "$temporary" "$path" || {
    mv -T -- "$temporary.old" "$path" 2>/dev/null
    exit 1
}
echo changed
"""
)
"""Arguments of both: where to, the checksum of what is sent, a token; for a file also its mode and size.

Standard input: what is sent. Says "changed" when it was not there already. A try that was cut off leaves nothing that
a later one could take for the whole.
"""

_SEND: Final = (
    PROLOGUE
    + r"""
[ -f "$1" ] || refuse "$1" "no such file"
# No more than it held at first: a log that grows meanwhile is not a damaged one.
size=$(stat -L -c %s -- "$1") || exit 1
{
    { head -c "$size" -- "$1" | tee /dev/fd/3 >&4; } 3>&1 | checksum >&2
} 4>&1
echo "$size" >&2
"""
)


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


class Tree:
    """A directory here that goes to machines: its digest is made once for all of them.

    Args:
        path: the directory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock = Lock()
        self._digest = ""

    def digest(self, *, timeout: float, wrong: str = "") -> str:
        """The checksum of the archive that is sent.

        Args:
            timeout: seconds for making it.
            wrong: the one that turned out to be: the directory is read anew, unless somebody else has done so.
        """
        with self._lock:
            if not self._digest or self._digest == wrong:
                self._digest = _packed_sum(self.path, timeout)
            return self._digest


def upload(demand: Demand, source: Path | Tree, path: str, *, timeout: float) -> bool:
    """Copy a file or directory to the machine unless it is there already; True when it was not."""
    if isinstance(source, Path) and not source.is_dir():
        return _upload_file(demand, source, path, timeout)
    tree = source if isinstance(source, Tree) else Tree(source)
    digest = tree.digest(timeout=timeout)
    try:
        return _upload_tree(demand, tree, digest, path, timeout)
    except ConnectionLost:
        # A transport begins anew by itself where its input can be had a second time, which is not so with tar's output.
        return _upload_tree(demand, tree, digest, path, timeout)
    except CommandFailed as error:
        if error.details.get("status") != _DIFFERS or (now := tree.digest(timeout=timeout, wrong=digest)) == digest:
            raise
        return _upload_tree(demand, tree, now, path, timeout)


def _upload_file(demand: Demand, source: Path, path: str, timeout: float) -> bool:
    status = source.stat()
    mode, size = f"{status.st_mode & 0o7777:o}", str(status.st_size)
    argv = ("sh", "-c", _RECEIVE_FILE, "sh", path, file_checksum(source), new_token(), mode, size)
    with source.open("rb") as stdin:
        return bool(demand(*argv, title=f"upload {path}", stdin=stdin, timeout=timeout).stdout)


def _upload_tree(demand: Demand, tree: Tree, digest: str, path: str, timeout: float) -> bool:
    argv = ("sh", "-c", _RECEIVE_TREE, "sh", path, digest, new_token())
    with _packed(tree.path) as stdin:
        return bool(demand(*argv, title=f"upload {path}", stdin=stdin, timeout=timeout).stdout)


def download(demand: Demand, path: str, destination: Path, *, timeout: float) -> None:
    """Copy a file from the machine; the destination is replaced when all of it has arrived."""
    handle, name = tempfile.mkstemp(prefix=".serai-", dir=destination.parent)
    temporary = Path(name)
    try:
        with open(handle, "wb") as file:
            argv = ("sh", "-c", _SEND, "sh", checked_path(path))
            outcome = demand(*argv, title=f"download {path}", stdout=file, timeout=timeout)
        arrived = [file_checksum(temporary), "-", str(temporary.stat().st_size)]
        if text(outcome.stderr).split()[-3:] != arrived:
            raise RemoteError(f"{path}: what arrived differs from what was sent", code="TRANSFER_DAMAGED")
        temporary.replace(destination)
    finally:
        temporary.unlink(missing_ok=True)


def _packed_sum(path: Path, timeout: float) -> str:
    # Here and not above: plumbum takes longer to import than all the engine.
    from serai.engine.remote.local import LocalTransport
    from serai.engine.remote.transport import Command

    script = f'{PROLOGUE}{_PACKED_SUM}packed_sum "$1"'
    command = Command(("sh", "-c", script, "sh", str(path)), cwd="/", env={"LC_ALL": "C"})
    outcome = LocalTransport("here", {}).execute(command, stdin=None, stdout=None, timeout=timeout)
    if outcome.exceeded is not None:
        raise DeadlineExceeded(f"{path}: not read within {timeout:g} s", host="here")
    if outcome.status or outcome.stderr:
        raise unreadable(path, outcome)
    return outcome.stdout.decode().split()[0]


def unreadable(path: Path, outcome: Outcome) -> RemoteError:
    """Why a directory here cannot be read: the first reason of what may be one for each of its files."""
    said = text(outcome.stderr).strip().splitlines() or [f"status {outcome.status}"]
    more = f" (and {len(said) - 1} more of its kind)" if len(said) > 1 else ""
    return RemoteError(f"{path} cannot be read: {said[0]}{more}", host="here")


@contextmanager
def _packed(path: Path) -> Iterator[IO[bytes]]:
    from plumbum.machines.local import LocalCommand

    program, *arguments = _PACK
    # The machine compares what arrives with the digest, so that tar's own status does not matter.
    tar = LocalCommand(program).popen(
        [*arguments, f"--directory={path}", "."], cwd="/", stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
    )
    stream = cast(IO[bytes], tar.stdout)
    try:
        yield stream
    finally:
        stream.close()
        tar.kill()
        tar.wait()
