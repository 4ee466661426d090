"""Pinned host keys: read, written as ssh reads them, and told to people. Nothing here has effects."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final

AUTHORITY: Final = "@cert-authority"
"""Marks a pinned key as that of who signs the keys of hosts."""

_TYPE: Final = re.compile(r"[A-Za-z0-9@._-]+")


def checked_key(key: str) -> str:
    """A pinned key without its comment, if it can be one.

    Args:
        key: as in a known_hosts file without the names: ``ssh-ed25519 AAAA…``, ``@cert-authority ssh-ed25519 AAAA…``.

    Raises:
        ValueError: it is no key.
    """
    words = key.split()
    marker = [AUTHORITY] if words[:1] == [AUTHORITY] else []
    kind, blob = [*words[len(marker) :], "", ""][:2]
    if not _TYPE.fullmatch(kind) or _told_kind(blob) != kind:
        raise ValueError(f"not a host key (such as 'ssh-ed25519 AAAA…', as in a known_hosts file): {key!r}")
    return " ".join([*marker, kind, blob])


def known_hosts(keys: Iterable[str]) -> str:
    """A known_hosts file in which these keys are those of any host: it is used for one alone."""
    return "".join(f"{_line(key)}\n" for key in keys)


def recorded(text: str) -> tuple[str, ...]:
    """The keys in a known_hosts file that ssh has written, each once."""
    lines = (line.split() for line in text.splitlines())
    return tuple(dict.fromkeys(" ".join(words[1:3]) for words in lines if len(words) >= 3))


def fingerprints(keys: Sequence[str]) -> str:
    """Keys as people compare them, such as ``ssh-ed25519 SHA256:…``."""
    return ", ".join(_fingerprint(key) for key in keys)


def _line(key: str) -> str:
    marker, separator, rest = key.rpartition(f"{AUTHORITY} ")
    return f"{marker}{separator}* {rest}"


def _fingerprint(key: str) -> str:
    *shown, blob = key.split()
    digest = base64.b64encode(hashlib.sha256(base64.b64decode(blob)).digest()).decode().rstrip("=")
    return " ".join([*shown, f"SHA256:{digest}"])


def _told_kind(blob: str) -> str:
    """What a key says that it is: a length of four bytes, and the word."""
    try:
        data = base64.b64decode(blob, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return data[4 : 4 + int.from_bytes(data[:4])].decode("ascii", "replace")
