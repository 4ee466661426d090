"""What a framework's own web server says, read strictly: what cannot be read proves nothing."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from attrs import frozen

from serai.hookspec.errors import RemoteError

T = TypeVar("T")

Complaint = Callable[[str], RemoteError]
"""Makes the error that says what cannot be read."""


@frozen
class Answer:
    """A JSON object that must have certain fields.

    Attributes:
        data: the object.
        unreadable: makes the error of one that has not.
    """

    data: dict[str, Any]
    unreadable: Complaint

    def field(self, name: str, kind: type[T]) -> T:
        """A field of exactly a type: true is no number.

        Raises:
            RemoteError: it is not there, or of another type.
        """
        value = self.data.get(name)
        if type(value) is not kind:
            raise self.unreadable(f"{name!r} is {'not there' if value is None else f'no {kind.__name__}'}")
        return value

    def count(self, name: str) -> int:
        """A number that is not negative; raises what :meth:`field` raises."""
        value = self.field(name, int)
        if value < 0:
            raise self.unreadable(f"{name!r} is negative")
        return value

    def object(self, name: str) -> "Answer":
        """An object in this one; raises what :meth:`field` raises."""
        return Answer(self.field(name, dict), self.unreadable)

    def items(self, name: str) -> "list[Answer]":
        """The objects of a list; raises what :meth:`field` raises."""
        return self._objects(name, self.field(name, list))

    def values(self) -> "list[Answer]":
        """The objects that all fields of this one are; raises what :meth:`field` raises."""
        return self._objects("it", list(self.data.values()))

    def encoded(self, name: str) -> "Answer":
        """The object that a field holds as text; raises what :meth:`field` raises."""
        return read_answer(self.field(name, str), self.unreadable)

    def encoded_items(self, name: str) -> "list[Answer]":
        """The objects of the list that a field holds as text; raises what :meth:`field` raises."""
        items = _loaded(self.field(name, str), self.unreadable)
        if not isinstance(items, list):
            raise self.unreadable(f"{name!r} holds no list")
        return self._objects(name, items)

    def _objects(self, name: str, items: list[Any]) -> "list[Answer]":
        if not all(isinstance(item, dict) for item in items):
            raise self.unreadable(f"{name!r} holds something that is no object")
        return [Answer(item, self.unreadable) for item in items]


def read_answer(answer: bytes | str, unreadable: Complaint) -> Answer:
    """Read a JSON object.

    Args:
        answer: what was said.
        unreadable: makes the error.

    Raises:
        RemoteError: it is anything else.
    """
    data = _loaded(answer, unreadable)
    if not isinstance(data, dict):
        raise unreadable("it is no JSON object")
    return Answer(data, unreadable)


def _loaded(text: bytes | str, unreadable: Complaint) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # of the text's encoding as well as of JSON; of what nests too deep
        raise unreadable("it is no JSON") from error
