"""What every script that writes files begins with."""

import hashlib
from pathlib import Path
from typing import Final

PROLOGUE: Final = r"""
set -uf
export LC_ALL=C
newline='
'

# Nothing in the coreutils is faster that cannot be fooled.
checksum() { b2sum --length=256 "$@"; }

refuse() {
    printf '%s: %s\n' "$1" "$2" >&2
    exit "${3:-1}"
}

# What tar says first is the reason; where a file waits is nothing a caller knows.
tar_failed() {
    said=${1%%"$newline"*} said=${said#tar: }
    case $said in
        *.serai-*)
            rest=${said#*.serai-}
            rest=${rest#"${rest%%[:/]*}"}
            said=${said%%.serai-*}${rest#/}
            ;;
    esac
    case $said in *'Wrote only'*) said="$said: the disk, or a quota, is full" ;; esac
    printf '%s\n' "$said" >&2
    exit 1
}
"""


def checksum(data: bytes) -> str:
    """What ``checksum`` in a script says of the same bytes."""
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def file_checksum(path: Path) -> str:
    """The same of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()
