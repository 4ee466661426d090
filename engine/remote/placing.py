"""Putting files in place on a machine: one script and one stream, whatever the number of files."""

import posixpath
from collections.abc import Mapping
from itertools import groupby
from tarfile import BLOCKSIZE, GNU_FORMAT, NUL, TarInfo
from typing import Final

from attrs import frozen

from serai.engine.remote.prologue import PROLOGUE, checksum
from serai.engine.remote.transfer import (
    Content,
    as_file,
    checked_owner,
    checked_path,
    content_bytes,
    escaped,
    new_token,
)

_PLACE: Final = r"""
manifest=$(head -c "$1") || exit 1

decode() {
    decoded=$1
    case $1 in *\\*) decoded=$(printf '%b.' "$1") && decoded=${decoded%.} ;; esac
}

# The fields of a line: "/ stage owner directory" before the files of a directory, "index mode digest name" of each.
parse() {
    decode "$4"
    if [ "$1" = / ]; then
        stage=$2 owner=$3 directory=$decoded
    else
        index=$1 mode=$2 digest=$3 name=$decoded path=$directory$decoded
    fi
}

# Sets "ids" to the numbers of the owner, with a * for what may be anything.
identify() {
    [ "$owner" != "$identified" ] || return 0
    identified=$owner ids='*:*'
    [ "$owner" != - ] || return 0
    decode "$owner"
    uid=${decoded%%:*} gid=${decoded#"$uid"}
    case $uid in *[!0-9]*) uid=$(id -u -- "$uid") || exit 1 ;; esac
    case ${gid#:} in
        '') gid=:* ;;
        *[!0-9]*)
            entry=$(getent group "${gid#:}") || refuse "${gid#:}" "no such group"
            gid=${entry#*:*:} gid=:${gid%%:*}
            ;;
    esac
    ids=$uid$gid
}

# Arguments: files that are there. Adds to "same" the numbers of those that are as "wanted" says, in two processes.
compare() {
    count=$# IFS=$newline kept=
    [ "$count" -gt 0 ] || return 0
    set -- $(stat -L -c %a:%u:%g -- "$@" 2>/dev/null) $(checksum -- "$@" 2>/dev/null)
    # One that has gone meanwhile has no line, and shifts all that follow.
    [ $# -eq $((count * 2)) ] || return 0
    for line in $wanted; do
        case $1 in ${line##* }) kept=$kept${line% *}$newline ;; *) kept="${kept}none -$newline" ;; esac
        shift
    done
    for line in $kept; do
        case ${1#\\} in "${line#* } "*) same="$same${line% *} " ;; esac
        shift
    done
}

# Sets "same".
look() {
    same=' ' wanted= identified= IFS=$newline
    for line in $manifest; do
        IFS=' ' && parse $line
        case $line in /*) identify && continue ;; esac
        [ -f "$path" ] && [ -r "$path" ] || continue
        [ "$owner" != - ] || [ -O "$path" ] || continue
        set -- "$@" "$path"
        wanted="$wanted$index $digest $mode:$ids$newline"
        [ $# -lt 500 ] || { compare "$@" && set -- && wanted=; }
    done
    compare "$@"
}

# Sets "todo" to the lines of what differs.
choose() {
    todo= IFS=$newline
    for line in $manifest; do
        case $line in /*) heading=$line$newline && continue ;; esac
        case $same in *" ${line%% *} "*) continue ;; esac
        todo=$todo$heading$line$newline heading=
    done
}

# Runs a command on the directories that files of "todo" wait in.
on_stages() {
    IFS=$newline
    for line in $todo; do
        case $line in /*) IFS=' ' && parse $line && set -- "$@" "$directory$stage" ;; esac
    done
    "$@"
}

unpack() {
    said=$(on_stages tar -x -m -o -p -P -f - --no-unquote -- 2>&1) || tar_failed "$said"
}

# Arguments: files that wait, all of one owner; if that is another one, also of one mode, when it is a special one.
place() {
    [ $# -gt 0 ] || return 0
    if [ "$owner" != - ]; then
        decode "$owner"
        chown -- "$decoded" "$@" || exit 1
        # A change of owner takes away what makes a program run as its owner.
        [ ${#mode} -lt 4 ] || chmod "$mode" "$@" || exit 1
    fi
    mv -f -t "$directory" -- "$@" || exit 1
    echo "$placed"
    placed=
}

place_all() {
    placed= IFS=$newline
    for line in $todo; do
        IFS=' '
        case $line in /*) place "$@" && set -- && parse $line && continue ;; esac
        parse $line
        if [ -d "$path" ]; then
            place "$@"
            refuse "$path" "is a directory"
        fi
        set -- "$@" "$directory$stage/$name"
        placed="$placed $index"
        [ $# -lt 500 ] || { place "$@" && set --; }
    done
    place "$@"
}

look
choose
[ -n "$todo" ] || exit 0
trap 'on_stages rm -rf --' EXIT
trap 'exit 143' HUP INT TERM
unpack
place_all
"""

PLACE: Final = PROLOGUE + _PLACE
"""Argument: the length of the manifest. Standard input: :attr:`Request.stream`. Prints the numbers of what changed.

All of it waits beside its place, in a directory of its own, before the first file is renamed: what cannot be written
(a full disk, a directory that is not ours) changes nothing.
"""


@frozen
class Request:
    """What the script is given.

    Attributes:
        stream: the manifest, then a tar archive of the files, each where it is to wait.
        manifest_size: bytes of the manifest.
    """

    stream: bytes
    manifest_size: int


@frozen
class _Entry:
    index: int
    directory: str
    name: str
    mode: int
    owner: str
    content: bytes

    @property
    def group(self) -> tuple[str, str, int]:
        """What files must share to be put in place by one command."""
        return self.directory, self.owner, self.mode if self.owner and self.mode > 0o777 else 0


def request(files: Mapping[str, Content]) -> Request:
    """What to send to have files put in place.

    Raises:
        ValueError: a path is not absolute, ends in a slash or holds a NUL; an owner is none.
    """
    entries = [_entry(index, path, content) for index, (path, content) in enumerate(files.items())]
    token = new_token()
    lines: list[str] = []
    members: list[bytes] = []
    # Neighbours only: files are put in place in the mapping's order.
    for number, (_, group) in enumerate(groupby(entries, key=lambda entry: entry.group)):
        stage = f".serai-{token}-{number}"
        for position, entry in enumerate(group):
            if position == 0:
                lines.append(f"/ {stage} {escaped(entry.owner) or '-'} {escaped(entry.directory)}\n")
            lines.append(f"{entry.index} {entry.mode:o} {checksum(entry.content)} {escaped(entry.name)}\n")
            members.append(_member(f"{entry.directory}{stage}/{entry.name}", entry.mode, entry.content))
    manifest = "".join(lines).encode()
    return Request(b"".join([manifest, *members, NUL * BLOCKSIZE * 2]), len(manifest))


def _entry(index: int, path: str, content: Content) -> _Entry:
    directory, name = posixpath.split(checked_path(path))
    file = as_file(content)
    data = content_bytes(file.content)
    return _Entry(index, directory.rstrip("/") + "/", name, file.mode, checked_owner(file.owner), data)


def _member(name: str, mode: int, content: bytes) -> bytes:
    member = TarInfo(name)
    member.mode, member.size = mode, len(content)
    return member.tobuf(GNU_FORMAT, errors="surrogateescape") + content + NUL * (-len(content) % BLOCKSIZE)
