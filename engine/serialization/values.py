"""Values of any JSON-compatible type: config values, ``extra``, ``info``; and the secrets among them."""

import math
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, Protocol

from serai.engine.serialization.misfits import expected
from serai.engine.serialization.scalars import unwritable
from serai.hookspec.secrets import MASK, Secret

SEALED: Final = "$secret"
"""The single key of a mapping that stands for a sealed secret; a user's own such key gets one more ``$``."""


class SecretCodec(Protocol):
    """Seals secrets for where they are kept. Without one they are masked, and cannot be read back."""

    def seal(self, secret: Secret) -> str:
        """The secret as text that tells nothing."""
        ...

    def sealed(self, token: str) -> Secret:
        """The secret of such a text."""
        ...


def writer(secrets: SecretCodec | None) -> Callable[[Any], Any]:
    """The function that makes JSON-compatible data of a value."""

    def write(value: Any) -> Any:
        if value is None or type(value) in (str, int, bool):
            return value
        if isinstance(value, Secret):
            return MASK if secrets is None else {SEALED: secrets.seal(value)}
        if isinstance(value, Enum):
            return write(value.value)
        if isinstance(value, Mapping):
            written = {_written_key(key): write(item) for key, item in value.items()}
            return written if secrets is None else _escaped(written)
        if isinstance(value, list | tuple):
            return [write(item) for item in value]
        return _written_scalar(value)

    return write


def reader(secrets: SecretCodec | None) -> Callable[[Mapping[str, Any]], Any]:
    """The function that opens what :func:`writer` made of a mapping, its items read already."""

    def read(value: Mapping[str, Any]) -> Any:
        if secrets is None or len(value) != 1:
            return value
        ((key, item),) = value.items()
        if key == SEALED:
            if type(item) is not str:
                raise expected("a sealed secret", item)
            return secrets.sealed(item)
        return {key[1:]: item} if _is_escaped(key) else value

    return read


def checked(value: Any) -> Any:
    """A scalar of a document, if JSON has its type; a program may put a secret in its place."""
    if value is None or type(value) in (str, int, bool) or isinstance(value, Secret):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    raise expected("a string, a number, true, false, null, a list or a mapping", value)


def _written_key(key: Any) -> str:
    if type(key) is not str:
        raise unwritable(f"is a mapping with a key of type {type(key).__name__}")
    return key


def _written_scalar(value: Any) -> Any:
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, str):  # of a subclass, such as a path
        return str(value)
    raise unwritable(f"is of type {type(value).__name__}, which JSON does not have")


def _escaped(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) == 1:
        ((key, item),) = value.items()
        if key == SEALED or _is_escaped(key):
            return {f"${key}": item}
    return value


def _is_escaped(key: str) -> bool:
    return key.startswith("$") and key != SEALED and key.lstrip("$") == SEALED.lstrip("$")
