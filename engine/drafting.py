"""Reading documents that have faults: every fault, and as much of the document as can be made sense of.

What is wrong with a document's structure must not hide what is wrong with its meaning, so the rules get something to
look at: faulty parts are left out, and what is said about those parts afterwards is kept quiet.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, TypeVar

from attrs import evolve, field, frozen

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.paths import Path

T = TypeVar("T")

_NEUTRAL: Final[tuple[Any, ...]] = ("", {}, None)
"""What stands in for a part that must be there, tried in turn: for a name, for an object, for anything."""


class Attempt(Protocol):
    """Reads data as an object: the object, or None and the faults."""

    def __call__(self, data: Any, kind: type[T]) -> tuple[T | None, list[Fault]]: ...


@frozen
class Reading:
    """What reading a document found.

    Attributes:
        faults: what is wrong with its text and structure.
        faulty: the places whose values are missing from what was made of it, or are guesses.
        spelling: the user's own spelling of keys, by the path with the key that was taken for it.
    """

    faults: tuple[Fault, ...] = ()
    faulty: frozenset[Path] = frozenset()
    spelling: Mapping[Path, str] = field(factory=dict, hash=False)

    def is_faulty(self, path: Path) -> bool:
        """Whether a place, or one around it, is faulty."""
        return bool(self.faulty) and any(path[:length] in self.faulty for length in range(len(path) + 1))

    def canonical(self, path: Path) -> Path:
        """A path as the user wrote it, with the keys that were taken for misspelt ones."""
        steps: Path = ()
        for step in path:
            meant = (right for right, wrong in self.spelling.items() if right[:-1] == steps and wrong == step)
            steps = next(meant, (*steps, step))
        return steps

    def spelled(self, path: Path) -> Path:
        """A path with the keys as the user wrote them."""
        return tuple(self.spelling.get(path[: depth + 1], step) for depth, step in enumerate(path))

    def after(self, faults: Iterable[Fault]) -> "Reading":
        """The reading, after faults that the text of the document had."""
        before = tuple(faults)
        faulty = self.faulty.union(self.canonical(fault.path) for fault in before)
        return Reading((*before, *self.faults), faulty, self.spelling)

    def joined(self, later: "Reading") -> "Reading":
        """This reading and another one of what came out of it."""
        faults = (*self.faults, *later.faults)
        return Reading(faults, self.faulty | later.faulty, {**self.spelling, **later.spelling})


def draft(data: Any, kind: type[T], attempt: Attempt) -> tuple[T | None, Reading]:
    """Make of a document what can be made of it.

    Args:
        data: the document.
        kind: the class it describes.
        attempt: reads data strictly.

    Returns:
        The object, None when nothing can be made of it; and what was found.
    """
    made, faults = attempt(data, kind)
    if not faults or any(not fault.path or fault.code is Code.DOCUMENT_TOO_LARGE for fault in faults):
        return made, Reading(tuple(faults), frozenset(fault.path for fault in faults))
    mended = copied(data)
    unknown, spelling = [], {}
    while keys := [fault for fault in faults if fault.code is Code.UNKNOWN_KEY]:
        unknown += keys
        for fault in keys:
            spelling.update(_without_unknown_key(mended, fault))
        made, faults = attempt(mended, kind)
    reading = Reading((), frozenset(fault.path for fault in faults), spelling)
    shown = [evolve(fault, path=reading.spelled(fault.path)) for fault in (*unknown, *faults)]
    made = _without_faulty_parts(mended, kind, attempt, faults) if faults else made
    return made, Reading(tuple(shown), reading.faulty, spelling)


def _without_unknown_key(document: Any, fault: Fault) -> dict[Path, str]:
    """Take an unknown key out, or for the known one it must mean; returns the user's spelling of the latter."""
    *outer, key = fault.path
    mapping = _container(document, tuple(outer))
    value = mapping.pop(key)
    if fault.meant is None or fault.meant in mapping:
        return {}
    mapping[fault.meant] = value
    return {(*outer, fault.meant): str(key)}


def _without_faulty_parts(document: Any, kind: type[T], attempt: Attempt, faults: list[Fault]) -> T | None:
    tries: Counter[Path] = Counter()
    made: T | None = None
    while faults:
        for fault in faults:
            tries[fault.path] += 1
            if not fault.path or tries[fault.path] > len(_NEUTRAL) + 2:
                return None
            _neutralise(document, fault, tries[fault.path])
        made, faults = attempt(document, kind)
    return made


def _neutralise(document: Any, fault: Fault, tried: int) -> None:
    """Put what was meant in place of a faulty part; else take it out; where it must be there, put in another."""
    outer, step = _container(document, fault.path[:-1]), fault.path[-1]
    if outer is None:
        return
    if tried == 1 and fault.meant is not None:
        outer[step] = fault.meant
    elif isinstance(outer, dict) and fault.code is not Code.MISSING_KEY:
        outer.pop(step, None)
    else:
        outer[step] = copied(_NEUTRAL[(tried - 1) % len(_NEUTRAL)])


def _container(document: Any, path: Path) -> Any:
    """The mapping or list at a path, or None when it was taken out with something around it."""
    for step in path:
        try:
            document = document[step]
        except (LookupError, TypeError):
            return None
    return document if isinstance(document, dict | list) else None


def copied(value: Any) -> Any:
    """A copy of lists and mappings, within each other too; what else is in them is shared."""
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [copied(item) for item in value]
    return value
