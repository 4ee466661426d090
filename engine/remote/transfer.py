"""What is said to a machine about files: paths, owners, content."""

import os
import posixpath
import re
from secrets import token_hex
from typing import Final

from serai.hookspec.remote import File
from serai.hookspec.secrets import Secret

Content = str | bytes | Secret | File

_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9/._+=@%:,~-]")


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


def checked_owner(owner: str) -> str:
    """The owner of a file, if it can be one.

    Raises:
        ValueError: it is not ``""``, ``user`` or ``user:group``.
    """
    user, colon, group = owner.partition(":")
    if (owner and not user) or (colon and not group) or set(owner) & set("\0\n/") or ":" in group:
        raise ValueError(f"not an owner: {owner!r}")
    return owner


def checked_below(path: str, prefix: str) -> str:
    """The path, normalised, if it is below a prefix.

    Raises:
        ValueError: it is not, or it is the prefix itself.
    """
    normal = posixpath.normpath(path)
    if "\0" in path or not normal.startswith(prefix.rstrip("/") + "/"):
        raise ValueError(f"not below {prefix}: {path!r}")
    return normal


def escaped(path: str) -> str:
    """A path as one word in ASCII, in the notation of printf's ``%b``."""
    return _NOT_PLAIN.sub(lambda found: f"\\0{ord(found.group()):03o}", os.fsencode(path).decode("latin-1"))


def new_token() -> str:
    """A name that nobody on the host can foresee, for temporary files."""
    return token_hex(8)
