"""What is said of a call that a transcript does not have."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from textwrap import shorten

from serai.hookspec.errors import SeraiError
from serai.hookspec.transcripts import Exchange, Transcript

_WIDTH = 300


class NotRecorded(SeraiError):
    """A call that the transcript has no answer to. No RemoteError: to wait, or to do without, is no way out."""

    code = "NOT_RECORDED"


def unrecorded(asked: Exchange, transcript: Transcript, host: str) -> NotRecorded:
    """The error for a call that was never recorded, with the recorded one that is nearest.

    Args:
        asked: the call, as a transcript would have it.
        transcript: what was recorded.
        host: the machine's name.
    """
    message = f"{_short(asked)} was never recorded"
    near = nearest(asked, transcript.exchanges)
    if asked.host not in transcript.hosts:
        message += f": the transcript has {', '.join(transcript.hosts) or 'no machine'}"
    elif near is not None:
        where = ", ".join(filter(None, (near.hook, near.step)))
        message += f"; the nearest is {_short(near)}" + (f" ({where})" if where else "")
    return NotRecorded(message, place=host, hint="where the call is as it should be, record the transcript anew")


def nearest(asked: Exchange, recorded: Sequence[Exchange]) -> Exchange | None:
    """The recorded call that is most like another: of the same kind and machine first; None when none is recorded."""

    def likeness(each: Exchange) -> tuple[bool, bool, float]:
        words = SequenceMatcher(None, " ".join(asked.words), " ".join(each.words), autojunk=False)
        return each.call == asked.call, each.host == asked.host, words.ratio()

    return max(recorded, key=likeness, default=None)


def _short(exchange: Exchange) -> str:
    return shorten(str(exchange), _WIDTH, placeholder=" …")
