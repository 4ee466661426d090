"""One thing that is wrong with a document."""

from typing import Any

from attrs import frozen

from serai.engine.documents.codes import Code
from serai.engine.documents.paths import Path, format_path
from serai.hookspec.configs import Config, ValidationError


@frozen
class Fault:
    """Something wrong, at a place in a document.

    Attributes:
        path: where.
        code: which rule is broken.
        message: what is wrong, as a continuation of the path: ``must be at least 0 (got -3)``.
        hint: what to do about it.
        config: the config whose value is wrong, where it is one.
        meant: what the user probably meant, a name or a value, where that can be guessed; None otherwise.
    """

    path: Path
    code: Code | str
    message: str
    hint: str = ""
    config: Config | None = None
    meant: Any = None

    def to_error(self) -> ValidationError:
        """The fault as hosts and users see it."""
        return ValidationError(
            config=self.config,
            error_message=self.message,
            path=format_path(self.path),
            code=str(self.code),
            hint=self.hint,
        )
