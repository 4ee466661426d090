"""Files to and from a machine: one script a call, the content as one stream."""

import io
import os
import posixpath
import tarfile
from collections.abc import Mapping
from secrets import token_hex
from typing import Final

from serai.hookspec.remote import File
from serai.hookspec.secrets import Secret

Content = str | bytes | Secret | File

PUT: Final = r"""
set -u
prefix=$1 token=$2
stage=$(mktemp -d "$prefix/.put.XXXXXX") || exit 1
trap 'rm -rf "$stage"' EXIT
trap 'exit 143' HUP INT TERM
tar -x -p -o -f - -C "$stage" || exit 1

refuse() {
    printf '%s: %s\n' "$path" "$1" >&2
    exit 1
}

same() {
    [ -f "$path" ] && cmp -s "$stage/$index" "$path" && [ "$(stat -L -c %a "$path")" = "$mode" ]
}

write() {
    directory=${path%/*}
    [ -d "$directory/" ] || mkdir -p "$directory" || exit 1
    [ ! -d "$path" ] || refuse "is a directory"
    temporary=$directory/.serai-$token-$index
    if cp -p "$stage/$index" "$temporary" && mv -f "$temporary" "$path"; then
        echo "$index"
    else
        rm -f "$temporary"
        exit 1
    fi
}

while read -r index mode path; do
    case $path in *\\*) path=$(printf '%b.' "$path") && path=${path%.} ;; esac
    same || write
done <"$stage/manifest"
"""
"""Arguments: the prefix, a random token. Standard input: the archive of :func:`archive`. Prints what changed."""


def as_file(content: Content) -> File:
    """What is to be written, with its mode."""
    if isinstance(content, File):
        return content
    return File(content, mode=0o600 if isinstance(content, Secret) else 0o644)


def content_bytes(content: str | bytes | Secret) -> bytes:
    """A file's content as bytes."""
    if isinstance(content, Secret):
        return content.reveal().encode()
    return content.encode() if isinstance(content, str) else content


def checked_path(path: str) -> str:
    """The path of a file, if it can be one.

    Raises:
        ValueError: it is not absolute, ends in a slash or holds a NUL.
    """
    if not path.startswith("/") or path.endswith("/") or "\0" in path:
        raise ValueError(f"not the absolute path of a file: {path!r}")
    return path


def checked_below(path: str, prefix: str) -> str:
    """The path, normalised, if it is below a prefix.

    Raises:
        ValueError: it is not, or it is the prefix itself.
    """
    normal = posixpath.normpath(path)
    if "\0" in path or not normal.startswith(prefix.rstrip("/") + "/"):
        raise ValueError(f"not below {prefix}: {path!r}")
    return normal


def archive(files: Mapping[str, Content]) -> bytes:
    """A tar archive of the files, numbered in order, with a ``manifest`` of number, mode and path in front.

    Raises:
        ValueError: a path is not absolute, ends in a slash or holds a NUL.
    """
    lines: list[str] = []
    members: list[tuple[str, int, bytes]] = []
    for index, (path, content) in enumerate(files.items()):
        file = as_file(content)
        lines.append(f"{index} {file.mode:o} {escaped(checked_path(path))}\n")
        members.append((str(index), file.mode, content_bytes(file.content)))
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, mode, data in [("manifest", 0o600, "".join(lines).encode()), *members]:
            member = tarfile.TarInfo(name)
            member.mode, member.size = mode, len(data)
            tar.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def escaped(path: str) -> str:
    """A path for the manifest: one word in ASCII, in the notation of printf's ``%b``."""
    return "".join(
        chr(byte) if (chr(byte).isalnum() and byte < 128) or chr(byte) in "/._-+=@%:,~" else f"\\0{byte:03o}"
        for byte in os.fsencode(path)
    )


def new_token() -> str:
    """A name that nobody on the host can foresee, for temporary files."""
    return token_hex(8)
