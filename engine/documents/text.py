"""What came out of a document's text, whichever language it is written in."""

from typing import Any

from attrs import frozen

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault


@frozen
class Text:
    """A document as read.

    Attributes:
        data: what it says, in lists, mappings and scalars; None when that cannot be told.
        faults: what is wrong with it.
    """

    data: Any = None
    faults: tuple[Fault, ...] = ()


def unreadable(message: str, code: Code = Code.INVALID_SYNTAX, hint: str = "") -> Text:
    """A text of which nothing can be made."""
    return Text(faults=(Fault((), code, message, hint),))
