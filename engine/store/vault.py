"""Secrets in the store: sealed when saved, opened only when somebody reveals one."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from serai.hookspec.errors import SeraiError
from serai.hookspec.secrets import Secret

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class Vault:
    """Seals and opens secrets with one key.

    The key is looked for, and made where there is none, when it is first needed: a store without secrets has none.

    Args:
        key: a Fernet key (URL-safe base64 of 32 bytes); None to have one in ``key_file``.
        key_file: where the key is kept; None to keep it nowhere.
        ephemeral: whether a key may be made that is kept nowhere: for a store that ends with the process.
    """

    def __init__(self, key: str | bytes | None, key_file: Path | None = None, *, ephemeral: bool = False) -> None:
        self._key = key
        self._key_file = key_file
        self._ephemeral = ephemeral
        self._lock = threading.Lock()
        self._fernet: Fernet | None = None

    def seal(self, secret: Secret) -> str:
        """The secret as a token that tells nothing without the key.

        Raises:
            SeraiError: with the code STORE_KEY_MISSING or STORE_KEY_INVALID.
        """
        if isinstance(secret, Sealed) and secret.vault is self:
            return secret.token
        return self._cipher(may_make=True).encrypt(secret.reveal().encode("utf-8", "surrogatepass")).decode("ascii")

    def sealed(self, token: str) -> Secret:
        """The secret of a token. It is opened when it is revealed: until then no key is needed."""
        return Sealed(token, self)

    def open(self, token: str) -> str:
        """What was sealed, in clear.

        Raises:
            SeraiError: with the code STORE_KEY_MISSING, STORE_KEY_INVALID, or STORE_KEY_WRONG.
        """
        from cryptography.fernet import InvalidToken  # a store without secrets needs none of it

        try:
            return self._cipher(may_make=False).decrypt(token).decode("utf-8", "surrogatepass")
        except InvalidToken as error:
            raise SeraiError(
                "a secret in the store was sealed with another key",
                code="STORE_KEY_WRONG",
                place=self._place,
                hint="put the key back that was there when the cluster was saved, or delete the cluster",
            ) from error

    @property
    def _place(self) -> str:
        return "the key passed in" if self._key_file is None or self._key is not None else str(self._key_file)

    def _cipher(self, *, may_make: bool) -> "Fernet":
        with self._lock:
            if self._fernet is None:
                self._fernet = self._made(self._found(may_make=may_make))
            return self._fernet

    def _found(self, *, may_make: bool) -> str | bytes:
        if self._key is not None:
            return self._key
        if self._key_file is not None:
            key = _read(self._key_file)
            if key is None and may_make:
                key = _write_once(self._key_file, _new_key())
            if key is not None:
                return key
        elif self._ephemeral and may_make:
            return _new_key()
        raise SeraiError(
            "the key of the secrets in the store is missing",
            code="STORE_KEY_MISSING",
            place="" if self._key_file is None else str(self._key_file),
            hint="put the key file back" if self._key_file is not None else "open the store with key=…",
        )

    def _made(self, key: str | bytes) -> "Fernet":
        from cryptography.fernet import Fernet

        try:
            return Fernet(key)
        except (ValueError, TypeError) as error:
            raise SeraiError(
                "the key of the secrets in the store is no key",
                code="STORE_KEY_INVALID",
                place=self._place,
                hint="a key is 32 bytes in URL-safe base64, as `cryptography.fernet.Fernet.generate_key()` makes",
            ) from error


class Sealed(Secret):
    """A secret as it came from the store."""

    __slots__ = ("token", "vault")

    def __init__(self, token: str, vault: Vault) -> None:
        self.token = token
        self.vault = vault

    @property
    def _value(self) -> str:  # type: ignore[override]
        return self.vault.open(self.token)

    def reveal(self) -> str:
        """The value in clear.

        Raises:
            SeraiError: with the code STORE_KEY_MISSING, STORE_KEY_INVALID or STORE_KEY_WRONG.
        """
        return self._value

    def __copy__(self) -> "Sealed":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Sealed":
        return self

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        return Secret, (self._value,)


def _new_key() -> bytes:
    from cryptography.fernet import Fernet

    return Fernet.generate_key()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SeraiError(
            f"the key of the secrets in the store cannot be read ({error.strerror})",
            code="STORE_KEY_MISSING",
            place=str(path),
            hint="check the file's owner and mode",
        ) from error


def _write_once(path: Path, key: bytes) -> bytes:
    """Keep a key in a file, whole or not at all, readable by its owner alone; where one is kept already, give that."""
    try:
        with suppress(FileExistsError):  # another process was quicker
            _link_new(path, key)
    except OSError as error:
        raise SeraiError(
            f"the key of the secrets cannot be kept ({error.strerror})",
            code="STORE_KEY_MISSING",
            place=str(path),
            hint="make the directory writable, or open the store with key=…",
        ) from error
    return path.read_bytes().strip()


def _link_new(path: Path, key: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(key + b"\n")
            file.flush()
            os.fsync(descriptor)
        os.link(draft, path)
    finally:
        os.unlink(draft)
