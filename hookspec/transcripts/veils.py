"""How data of calls becomes data of transcripts: without secrets, with placeholders, and of what was sent a digest."""

import base64
from collections.abc import Callable, Mapping
from enum import Enum
from hashlib import sha256
from typing import Any

from attrs import frozen

from serai.hookspec.secrets import Secret
from serai.hookspec.transcripts.places import Places


@frozen
class Handed:
    """Content that is handed to a machine: a file, standard input, the body of a request.

    Attributes:
        content: the content.
        mode: permission bits of a file; None of what is none.
        owner: whose the file shall be; ``""`` for the login's.
    """

    content: str | bytes | Secret
    mode: int | None = None
    owner: str = ""

    @property
    def is_private(self) -> bool:
        """Whether it is declared to be a secret, or nobody but its owner may read it."""
        return isinstance(self.content, Secret) or (self.mode is not None and not self.mode & 0o077)


@frozen
class Veil:
    """What a transcript shows of one machine.

    Attributes:
        role: the machine's.
        mask: takes secrets out of a text.
        places: what stands for its addresses and directories; None where that is done.
    """

    role: str
    mask: Callable[[str], str] = str
    places: Places | None = None

    def text(self, text: str) -> str:
        """A text as a transcript shows it."""
        masked = self.mask(text)
        return masked if self.places is None else self.places.hide(masked, self.role)

    def data(self, data: Any, *, keys: bool = False) -> Any:
        """Data as a transcript shows it: JSON-compatible; bytes and what was handed over become objects.

        Args:
            data: strings, numbers, lists, mappings; members of enumerations, which are words of ours.
            keys: whether the keys of mappings are no words of ours.
        """
        if isinstance(data, Enum):
            return data.value
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, bytes):
            return self._content(data)
        if isinstance(data, Handed):
            return self._digest(data)
        if isinstance(data, Mapping):
            return {self.text(str(key)) if keys else key: self.data(value, keys=keys) for key, value in data.items()}
        if isinstance(data, list | tuple | frozenset | set):
            return [self.data(item, keys=keys) for item in data]
        return data if data is None or isinstance(data, bool | int | float) else self.text(str(data))

    def _content(self, content: bytes) -> Mapping[str, str]:
        try:
            return {"text": self.text(content.decode())}
        except UnicodeDecodeError:
            if self._holds_secret(content.decode(errors="replace")):
                return {"withheld": "secret"}
            return {"base64": base64.b64encode(content).decode()}

    def _digest(self, handed: Handed) -> Mapping[str, Any]:
        """What tells whether something else is handed over another time, and of a secret nothing."""
        permissions = {} if handed.mode is None else {"mode": f"{handed.mode:o}"}
        owner = {"owner": self.text(handed.owner)} if handed.owner else {}
        content = handed.content.reveal() if isinstance(handed.content, Secret) else handed.content
        shown = content if isinstance(content, str) else content.decode(errors="surrogateescape")
        if handed.is_private or self._holds_secret(shown):
            return {"secret": True, **permissions, **owner}
        seen = self.text(shown).encode(errors="surrogateescape")
        return {"sha256": sha256(seen).hexdigest(), "size": len(seen), **permissions, **owner}

    def _holds_secret(self, text: str) -> bool:
        return self.mask(text) != text


def content_of(shown: Mapping[str, str]) -> bytes | None:
    """The bytes that an object of a transcript shows; None where they are withheld."""
    if "withheld" in shown:
        return None
    return shown["text"].encode() if "text" in shown else base64.b64decode(shown["base64"])
