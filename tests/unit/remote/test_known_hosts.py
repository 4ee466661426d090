import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.remote.known_hosts import checked_key, fingerprints, known_hosts, recorded

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBs44ja5VfHQAKKTGVrrskbfEVE0YaeR7cBUCXSpqzGt"


@st.composite
def keys(draw: st.DrawFn) -> str:
    """Host keys and authorities, with or without a comment."""
    kind = draw(st.sampled_from(["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com"]))
    blob = struct.pack(">I", len(kind)) + kind.encode() + draw(st.binary(min_size=8, max_size=64))
    marker = draw(st.sampled_from(["", "@cert-authority "]))
    return f"{marker}{kind} {base64.b64encode(blob).decode()}{draw(st.sampled_from(['', ' me@here', '  some words']))}"


@given(st.lists(keys(), max_size=4))
def test_keys_are_pinned_for_any_name(pinned: list[str]) -> None:
    """One line each, with the marker in front; comments are left out."""
    lines = known_hosts([checked_key(key) for key in pinned]).splitlines()
    assert len(lines) == len(pinned)
    for line, key in zip(lines, pinned, strict=True):
        words = key.split()
        marker = words[:1] if words[0].startswith("@") else []
        assert line.split() == [*marker, "*", *words[len(marker) : len(marker) + 2]]


@given(keys())
def test_checking_twice_changes_nothing(key: str) -> None:
    """A checked key is one."""
    assert checked_key(checked_key(key)) == checked_key(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 not!base64",
        KEY.replace("ssh-ed25519", "ssh-rsa"),
        f"worker-1 {KEY}",
        f"@revoked {KEY}",
        "* " + KEY,
    ],
)
def test_what_is_no_key_is_refused(key: str) -> None:
    """Before it gets into a file where it means something else."""
    with pytest.raises(ValueError, match="not a host key"):
        checked_key(key)


@given(st.text())
def test_no_text_makes_more_than_one_line(text: str) -> None:
    """A pin is a key, or an error: it cannot bring lines of its own."""
    try:
        key = checked_key(f"{KEY} {text}")
    except ValueError:
        return
    assert key == KEY


def test_what_ssh_has_recorded_is_read() -> None:
    """Each key once, whatever name it stands behind."""
    assert recorded(f"[127.0.0.1]:2222 {KEY}\n127.0.0.1 {KEY}\n\n") == (KEY,)


def test_a_fingerprint_is_what_ssh_shows() -> None:
    """So that people can compare."""
    shown = "ssh-ed25519 SHA256:xmaS7ngx2+U8M/uD2vRjvKhjs90eCoa8ItT59QFMBYQ"
    assert fingerprints([KEY, f"@cert-authority {KEY}"]) == f"{shown}, @cert-authority {shown}"
