import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.remote.mux import Control, Kind, MasterGone, Message, parse


def test_a_refusal_has_its_reason() -> None:
    """As the master words it."""
    packet = struct.pack(">3I", Kind.FAILED, 1, 4) + b"busy"
    assert parse(packet) == Message(Kind.FAILED, reason="busy")


def test_an_exit_has_its_status() -> None:
    """Session and status follow one another."""
    assert parse(struct.pack(">3I", Kind.EXITED, 7, 255)) == Message(Kind.EXITED, status=255)


def test_another_version_is_a_refusal() -> None:
    """Nothing is asked of a master that would take it for something else."""
    message = parse(struct.pack(">2I", 1, 5))
    assert message is not None
    assert (message.kind, "version 5" in message.reason) == (Kind.FAILED, True)


@given(st.sampled_from([0x00000001, 0x80000001, 0x80000005, 0x80000008, 0x12345678]), st.binary(max_size=20))
def test_the_rest_does_not_matter(kind: int, rest: bytes) -> None:
    """A greeting, or what a newer master may say."""
    assert parse(struct.pack(">2I", kind, 4) + rest) is None


def test_no_master_is_said_so(tmp_path: object) -> None:
    """Rather than a bare OSError, that could be anything."""
    with pytest.raises(MasterGone):
        Control(f"{tmp_path}/none", 1.0)
