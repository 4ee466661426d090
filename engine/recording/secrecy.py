"""Which secrets a transcript must not hold: those that are known, and texts that look like one."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from serai.engine.redaction import Redactor
from serai.hookspec.secrets import MASK

_LOOKS: Final = (
    (re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)", re.DOTALL), MASK),
    (re.compile(r"(?i)(\bauthorization[\"']?\s*[:=]\s*[\"']?(?:[a-z]+ )?)[^\s\"',]+"), rf"\g<1>{MASK}"),
    (re.compile(r"(?i)(\b(?:bearer|basic) )[a-z0-9+/=_.~-]{8,}"), rf"\g<1>{MASK}"),
    (re.compile(r"(\b[a-zA-Z][\w+.-]*://[^\s/:@]*:)[^\s/@]+@"), rf"\g<1>{MASK}@"),
)
"""Private keys, credentials of HTTP, passwords in URLs: whoever made them, they are nobody else's to see."""


class Secrecy:
    """Takes secrets out of texts. What was once a secret stays one."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()
        self._redactor = Redactor(())

    def learn(self, secrets: Iterable[str]) -> bool:
        """Get to know secrets; whether any of them is new."""
        if self._known.issuperset(known := frozenset(secrets)):
            return False
        self._known |= known
        self._redactor = Redactor(self._known)
        return True

    def masking(self, also: Callable[[str], str] = str) -> Callable[[str], str]:
        """What takes secrets out of a text.

        Args:
            also: takes out others.
        """
        redactor = self._redactor

        def mask(text: str) -> str:
            text = also(redactor.text(text))
            for pattern, instead in _LOOKS:
                text = pattern.sub(instead, text)
            return text

        return mask
