import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.remote.ssh_failures import Attempt, explain
from serai.hookspec.errors import HostKeyRefused, Unreachable

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBs44ja5VfHQAKKTGVrrskbfEVE0YaeR7cBUCXSpqzGt"
CHANGED = """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
The fingerprint for the ED25519 key sent by the remote host is
SHA256:d1VWYPgYZRDUQTrtl9hHqbSb3jKGkimwPANV/8QiJqg.
Please contact your system administrator.
Host key verification failed.
"""


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        ("me@h: Permission denied (publickey).", "LOGIN_REFUSED", "h refuses the login: me@h: Permission denied"),
        (
            "Received disconnect from 10.0.0.7 port 22:2: Too many authentication failures",
            "LOGIN_REFUSED",
            "h refuses the login",
        ),
        ("ssh: connect to host h port 22: Connection timed out", "HOST_SILENT", "h did not answer within 20 s"),
        ("Connection timed out during banner exchange", "HOST_SILENT", "h did not answer within 20 s"),
        ("ssh: Could not resolve hostname h: Name or service not known", "HOST_UNREACHABLE", "h is the name of no"),
        ("ssh: connect to host h port 22: Connection refused", "HOST_UNREACHABLE", "h refuses connections"),
        ("ssh: connect to host h port 22: No route to host", "HOST_UNREACHABLE", "no connection to h: ssh: connect"),
        ("kex_exchange_identification: read: Connection reset by peer", "HOST_UNREACHABLE", "h ended the connection"),
        ("/c: line 3: Bad configuration option: x", "HOST_UNREACHABLE", "no connection to h: /c: line 3: Bad"),
        ("ssh cannot be started: No such file or directory", "SSH_MISSING", "ssh cannot be started"),
    ],
)
def test_each_cause_has_its_code(said: str, code: str, message: str) -> None:
    """And an error that names the machine and says what to do."""
    error = explain(Attempt("h", 20.0, f"Warning: Identity file k not accessible.\n{said}\n"), "worker-1")
    assert isinstance(error, Unreachable)
    assert (error.code, error.host) == (code, "worker-1")
    assert message in error.message
    assert error.hint


def test_a_machine_that_says_nothing_is_silent() -> None:
    """The limit is named."""
    error = explain(Attempt("h", 1.5, overdue=True), "worker-1")
    assert (error.code, error.place) == ("HOST_SILENT", "worker-1")
    assert "within 1.5 s" in error.message


def test_a_login_without_a_shell_is_refused() -> None:
    """ssh itself had nothing to complain about."""
    error = explain(Attempt("h", 20.0, "This account is currently not available.\n", logged_in=True), "worker-1")
    assert error.code == "LOGIN_REFUSED"
    assert "gives the login no shell: This account" in error.message


def test_an_unknown_machine_is_refused() -> None:
    """It is no RemoteError, lest somebody goes on without it."""
    error = explain(Attempt("h", 20.0, "No ED25519 host key is known for h.\nHost key verification failed.\n"), "w")
    assert isinstance(error, HostKeyRefused)
    assert error.code == "HOST_KEY_UNKNOWN"
    assert "ssh-keyscan h" in error.hint


def test_another_key_than_the_pinned_one_is_explained() -> None:
    """With what it showed and what was pinned."""
    error = explain(Attempt("h", 20.0, CHANGED, pinned=(KEY,)), "worker-1")
    assert isinstance(error, HostKeyRefused)
    assert error.code == "HOST_KEY_CHANGED"
    assert "shows the ED25519 key SHA256:d1VWYPgYZRDUQTrtl9hHqbSb3jKGkimwPANV/8QiJqg" in error.message
    assert "ssh-ed25519 SHA256:" in error.message.partition("pinned (")[2]


def test_lines_end_as_ssh_ends_them() -> None:
    """With a carriage return, when it writes to no terminal."""
    error = explain(Attempt("h", 20.0, CHANGED.replace("\n", "\r\n"), pinned=(KEY,)), "worker-1")
    assert "shows the ED25519 key SHA256:d1VWYPgYZRDUQTrtl9hHqbSb3jKGkimwPANV/8QiJqg, and not" in error.message


def test_a_pinned_authority_tells_what_a_certificate_must_have() -> None:
    """ssh says only that it does not know the key, be it that the certificate is another host's."""
    said = "No ED25519 host key is known for h.\r\nHost key verification failed.\r\n"
    error = explain(Attempt("h", 20.0, said, pinned=(f"@cert-authority {KEY}",)), "worker-1")
    assert error.code == "HOST_KEY_CHANGED"
    assert "no certificate for h of what is pinned (@cert-authority ssh-ed25519 SHA256:" in error.message
    assert "ssh-keygen -Lf" in error.hint


def test_a_machine_on_the_way_is_told_from_the_machine() -> None:
    """Its key is not the inventory's business."""
    said = "Host key verification failed.\r\nkex_exchange_identification: Connection closed by remote host\r\n"
    error = explain(Attempt("h", 20.0, said, pinned=(KEY,)), "worker-1")
    assert (error.code, "on the way to h" in error.message) == ("HOST_KEY_UNKNOWN", True)


@given(st.text(), st.booleans(), st.booleans())
def test_whatever_ssh_says_there_is_an_error(said: str, overdue: bool, logged_in: bool) -> None:
    """With the machine's name, a cause and something to do."""
    error = explain(Attempt("h", 20.0, said, overdue=overdue, logged_in=logged_in), "worker-1")
    assert (error.place, bool(error.message), bool(error.hint)) == ("worker-1", True, True)
