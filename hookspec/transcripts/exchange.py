"""One call to a machine, with what came of it."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from serai.hookspec.sequences import strings


@frozen
class Exchange:
    """A call to a machine, and its answer; all of it JSON-compatible, with placeholders, without secrets.

    Attributes:
        host: the machine's role: its node group and number, as ``workers-1``.
        call: what was asked for: ``run``, ``put``, ``start``… as in calls of the fleet of the test kit.
        words: the argument list, paths, names.
        sent: what else was said, such as environment and content, as far as it may be seen: of content a digest.
        answer: what came back.
        failure: the error that came instead; None where there was an answer.
        hook: the hook that asked; ``""`` where that is not known.
        step: the step it was in; ``""`` for none.
    """

    host: str
    call: str
    words: tuple[str, ...] = field(default=(), converter=strings)
    sent: Mapping[str, Any] = field(factory=dict, hash=False)
    answer: Any = field(default=None, hash=False)
    failure: Mapping[str, Any] | None = field(default=None, hash=False)
    hook: str = ""
    step: str = ""

    def __str__(self) -> str:
        return " ".join((f"{self.host}:", self.call, *self.words))

    def to_dict(self) -> dict[str, Any]:
        """As a line of a transcript; what is empty is left out."""
        told: dict[str, Any] = {"host": self.host, "call": self.call}
        told |= {"words": list(self.words)} if self.words else {}
        told |= {"sent": dict(self.sent)} if self.sent else {}
        told |= {"answer": self.answer} if self.failure is None else {"failure": dict(self.failure)}
        return told | {name: value for name in ("hook", "step") if (value := getattr(self, name))}
