"""Keys that hosts prove themselves with: read from an inventory, shown as people compare them."""

import base64
import binascii
import hashlib
import re
from itertools import pairwise
from typing import Final

_AUTHORITY: Final = "@cert-authority"
_TYPE: Final = re.compile(r"[a-z0-9-]+(@[a-z0-9.-]+)?")
_CERTIFICATE: Final = "-cert-v0"


def parse_host_key(text: str) -> str:
    """A host key as an endpoint takes it: ``ssh-ed25519 AAAA…``, or ``@cert-authority ssh-ed25519 AAAA…``.

    Args:
        text: such a key, or a whole line of a known_hosts file; names of hosts and the comment are dropped.

    Raises:
        ValueError: it is no key, saying why.
    """
    if len(text.strip().splitlines()) > 1:
        raise ValueError("is more than one line: give a list of keys")
    words = text.split()
    marker = words.pop(0) if words and words[0].startswith("@") else ""
    if marker not in ("", _AUTHORITY):
        raise ValueError(f"is marked {marker}, which gives no trust")
    # With or without the names in front, the type is the word before the key.
    for kind, key in pairwise(words[:3]):
        if _kind_within(key) == kind and _TYPE.fullmatch(kind):
            if _CERTIFICATE in kind:
                raise ValueError(f"is a certificate: give its authority's key as '{_AUTHORITY} …'")
            if not _is_whole(key):
                raise ValueError("is cut off: its end is missing")
            return " ".join(filter(None, (marker, kind, key)))
    raise ValueError("is no public key such as 'ssh-ed25519 AAAAC3Nza…'")


def _kind_within(key: str) -> str:
    """The type that a key in base64 says it has; ``""`` for what is no key."""
    try:
        blob = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return ""
    length = int.from_bytes(blob[:4], "big")
    # More must follow than the name of the type.
    return blob[4 : 4 + length].decode("ascii", "replace") if 0 < length < len(blob) - 8 else ""


def _is_whole(key: str) -> bool:
    """Whether a key in base64 ends where its last part does: each has its length in front."""
    blob = base64.b64decode(key)
    while blob:
        end = 4 + int.from_bytes(blob[:4], "big")
        if len(blob) < end:
            return False
        blob = blob[end:]
    return True


def fingerprint(host_key: str) -> str:
    """What ``ssh-keygen -l`` shows of a key: ``SHA256:…``.

    Args:
        host_key: as :func:`parse_host_key` gives it.
    """
    digest = hashlib.sha256(base64.b64decode(host_key.split()[-1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"
