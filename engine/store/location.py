"""Where a store is: what the URLs mean."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from serai.hookspec.errors import SeraiError

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql+psycopg"

KEY_FILE: Final = "serai.key"


@frozen
class InMemory:
    """A store that ends with the process."""

    def __str__(self) -> str:
        return "the store in memory"


@frozen
class InFile:
    """A store in an SQLite file.

    Attributes:
        path: of the file, absolute.
    """

    path: Path

    @property
    def key_file(self) -> Path:
        """The file with the key of the secrets."""
        return self.path.with_name(KEY_FILE)

    def __str__(self) -> str:
        return f"the store in {self.path}"


@frozen
class OnServer:
    """A store in PostgreSQL.

    Attributes:
        url: of the database; may hold a password, so it is never printed.
        database: what may be printed of it.
    """

    url: str
    database: str

    def __str__(self) -> str:
        return f"the store in {self.database}"

    def __repr__(self) -> str:
        return f"OnServer({self.database!r})"


Location = InMemory | InFile | OnServer


def default_url(environment: Mapping[str, str] | None = None) -> str:
    """The URL of a user's own store: ``$XDG_STATE_HOME/serai/serai.db``, or below ``~/.local/state``.

    Args:
        environment: environment variables; the process's own when left out.
    """
    state_home = (os.environ if environment is None else environment).get("XDG_STATE_HOME", "")
    root = Path(state_home) if Path(state_home).is_absolute() else Path.home() / ".local" / "state"
    return f"{SQLITE}:///{root / 'serai' / 'serai.db'}"


def located(url: str | None) -> Location:
    """Read the URL of a store.

    Args:
        url: ``sqlite:///<path>`` (relative to the working directory, or absolute with a fourth slash),
            ``postgresql+psycopg://…``; None or ``""`` for a store in memory.

    Raises:
        SeraiError: with the code STORE_URL, when it is none of these.
    """
    if not url:
        return InMemory()
    scheme, separator, rest = url.partition("://")
    if separator and scheme == SQLITE and rest in ("", "/", "/:memory:"):
        return InMemory()
    if separator and scheme == SQLITE and rest.startswith("/"):
        return InFile(Path(rest.removeprefix("/")).absolute())
    if separator and scheme == POSTGRESQL and _is_ambiguous(rest):
        raise SeraiError(
            f"it is not clear where the password ends in {scheme}://…",
            code="STORE_URL",
            hint="in a password, and after the ?, write @ as %40, and in a password : as %3A, / as %2F and ? as %3F",
        )
    if separator and scheme == POSTGRESQL and rest:
        return OnServer(url, f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}")
    raise SeraiError(
        f"a store cannot be opened under {scheme + '://…' if separator else url!r}",
        code="STORE_URL",
        hint=f"write {SQLITE}:///path/to/serai.db or {POSTGRESQL}://user@host/database",
    )


def _is_ambiguous(rest: str) -> bool:
    """Whether an @ may be part of a password: then what is taken for the host, and named, is part of it, too."""
    return rest.count("@") > 1 or "@" in rest.partition("?")[2]
