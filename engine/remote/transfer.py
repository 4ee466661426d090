"""Files to and from a machine: one script a call, the content as one stream."""

import hashlib
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

decode() {
    path=$1
    case $path in *\\*) path=$(printf '%b.' "$path") && path=${path%.} ;; esac
}

# Sets "same" to the numbers of the files that need no change, between blanks. Two processes, however many files.
compare() {
    count=0
    while read -r index mode digest path; do
        decode "$path"
        if [ -f "$path" ]; then
            count=$((count + 1))
            printf '%s\0' "$path" >&3
            echo "$index $mode $digest" >&4
        fi
    done <"$stage/manifest" 3>"$stage/paths" 4>"$stage/wanted"
    [ "$count" -gt 0 ] || return 0
    xargs -0 stat -L -c %a -- <"$stage/paths" >"$stage/modes" 2>/dev/null
    xargs -0 sha256sum -- <"$stage/paths" >"$stage/digests" 2>/dev/null
    # One that cannot be read has no line, and shifts all that follow.
    [ "$(wc -l <"$stage/modes")" -eq "$count" ] && [ "$(wc -l <"$stage/digests")" -eq "$count" ] || return 0
    while read -r index mode digest <&3 && read -r mode_now <&4 && read -r digest_now rest <&5; do
        [ "$mode $digest" != "$mode_now ${digest_now#\\}" ] || same="$same$index "
    done 3<"$stage/wanted" 4<"$stage/modes" 5<"$stage/digests"
}

refuse() {
    printf '%s: %s\n' "$path" "$1" >&2
    exit 1
}

# Sets "near" when the directory is on the stage's own file system, so that moving there is renaming.
enter() {
    [ -d "$1/" ] || mkdir -p "$1" || exit 1
    near=
    set -- $(stat -L -c %d "$1/" "$stage")
    [ "$1" != "$2" ] || near=1
}

write() {
    if [ "${path%/*}" != "$directory" ]; then
        directory=${path%/*}
        enter "$directory"
    fi
    [ ! -d "$path" ] || refuse "is a directory"
    staged=$stage/$index
    if [ -z "$near" ]; then
        temporary=$directory/.serai-$token-$index
        cp -p "$staged" "$temporary" || { rm -f "$temporary"; exit 1; }
        staged=$temporary
    fi
    mv -f "$staged" "$path" || { rm -f "$staged"; exit 1; }
    echo "$index"
}

same=' ' directory=none
compare
while read -r index mode digest path; do
    case $same in *" $index "*) continue ;; esac
    decode "$path"
    write
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
    """A tar archive of the files, numbered in order, with a ``manifest`` of number, mode, digest and path in front.

    Raises:
        ValueError: a path is not absolute, ends in a slash or holds a NUL.
    """
    lines: list[str] = []
    members: list[tuple[str, int, bytes]] = []
    for index, (path, content) in enumerate(files.items()):
        file = as_file(content)
        data = content_bytes(file.content)
        lines.append(f"{index} {file.mode:o} {hashlib.sha256(data).hexdigest()} {escaped(checked_path(path))}\n")
        members.append((str(index), file.mode, data))
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
