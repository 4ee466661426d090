from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from serai.engine.remote.frames import Frame

TOKEN = "5eed.1."
OPENING, CLOSING = b"5eed.1. begins\n", b"5eed.1. ended "


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """The data, cut at those places."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


def fed(parts: list[bytes]) -> tuple[Frame, bytes]:
    """A frame that was fed with the parts, and what it handed on."""
    taken = bytearray()
    frame = Frame(TOKEN, taken.extend)
    for part in parts:
        frame.feed(part)
    return frame, bytes(taken)


payloads = st.binary(max_size=200) | st.sampled_from([CLOSING[:-1], OPENING, CLOSING[:-1] + CLOSING[:-2], b"\n", b""])


@given(st.binary(max_size=50), payloads, st.integers(0, 255), st.binary(max_size=50), st.lists(st.integers(0, 500)))
def test_what_is_between_the_marks_is_the_commands(
    noise: bytes, payload: bytes, status: int, late: bytes, cuts: list[int]
) -> None:
    """Byte by byte, however it arrives, and whatever others write before and after."""
    stream = noise + OPENING + payload + CLOSING + b"%d\n" % status + late
    frame, taken = fed(pieces(stream, cuts))
    assert (taken, frame.status, frame.ended) == (payload, status, True)


@given(payloads, st.lists(st.integers(0, 500)))
def test_without_the_second_mark_it_has_not_ended(payload: bytes, cuts: list[int]) -> None:
    """And nothing is lost of what it wrote until then."""
    taken = bytearray()
    frame = Frame(TOKEN, taken.extend)
    for part in pieces(OPENING + payload, cuts):
        frame.feed(part)
    frame.finish()
    assert (bytes(taken), frame.ended) == (payload, False)


@given(st.binary(max_size=100))
def test_without_the_first_mark_it_has_not_begun(noise: bytes) -> None:
    """What came instead is kept: it tells why."""
    frame, taken = fed([noise])
    assert (taken, frame.begun, frame.before) == (b"", False, noise)


def test_a_mark_that_is_cut_short_is_none() -> None:
    """A status without its line's end may be the beginning of another."""
    frame, taken = fed([OPENING + b"x" + CLOSING + b"1"])
    assert (taken, frame.ended) == (b"x", False)
    frame.feed(b"37\n")
    assert frame.status == 137
