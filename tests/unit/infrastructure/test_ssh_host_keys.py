"""Host keys as people give them."""

import subprocess
from pathlib import Path

import pytest

from serai.builtin_plugins.infrastructure.ssh.host_keys import fingerprint, parse_host_key

_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJKBk9CzVlDBKTn2uopph45+eeBJQYYxn4GdA8Bepk/Y"


@pytest.fixture(scope="module", params=["ed25519", "rsa", "ecdsa"])
def public_key(request, tmp_path_factory) -> Path:
    """A real one of each kind."""
    path = tmp_path_factory.mktemp("keys") / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", request.param, "-N", "", "-C", "a comment", "-f", path], check=True, timeout=60
    )
    return path.with_suffix(".pub")


def test_a_real_key_is_read(public_key):
    """From its .pub file."""
    text = public_key.read_text()
    assert parse_host_key(text) == " ".join(text.split()[:2])


def test_a_hashed_line_of_known_hosts_is_read(public_key, tmp_path):
    """As ssh writes it where HashKnownHosts is set."""
    known = tmp_path / "known_hosts"
    known.write_text(f"h1.example {public_key.read_text()}")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", known], check=True, capture_output=True, timeout=30)
    assert known.read_text().startswith("|1|")
    assert parse_host_key(known.read_text()) == parse_host_key(public_key.read_text())


def test_the_fingerprint_is_what_ssh_keygen_shows(public_key):
    """So that people can compare it."""
    shown = subprocess.run(["ssh-keygen", "-lf", public_key], check=True, capture_output=True, text=True, timeout=30)
    assert fingerprint(parse_host_key(public_key.read_text())) == shown.stdout.split()[1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no public key"),
        ("# 10.0.0.1:22 SSH-2.0-OpenSSH_9.2p1", "is no public key"),
        ("ssh-ed25519", "is no public key"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "is no public key"),
        ("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJKBk9CzVlDBKTn2uopph45+eeBJQYYxn4GdA8Bepk/Y", "is no public key"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJKBk9CzVlDBKTn2uopph45+eeBJQYYxn4GdA8Be", "is cut off"),
        ("@revoked * ssh-ed25519 AAAA", "is marked @revoked"),
        (f"{_KEY}\n@revoked * {_KEY}", "is more than one line"),
    ],
)
def test_what_is_no_key_is_refused(text, reason):
    """A truncated one, one of another type than it says, one that is revoked…"""
    with pytest.raises(ValueError, match=reason):
        parse_host_key(text)


def test_a_certificate_is_refused_for_its_authority(public_key, tmp_path):
    """A host's certificate changes whenever it is renewed; what is trusted is who signed it."""
    authority = tmp_path / "authority"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", authority], check=True, timeout=30)
    copy = tmp_path / "key.pub"
    copy.write_text(public_key.read_text())
    sign = ["ssh-keygen", "-q", "-s", authority, "-I", "h1", "-h", "-n", "h1", copy]
    subprocess.run(sign, check=True, capture_output=True, timeout=30)
    with pytest.raises(ValueError, match="@cert-authority"):
        parse_host_key((tmp_path / "key-cert.pub").read_text())
