"""Why there is no connection: from what ssh said to one error. Nothing here has effects."""

import re
from typing import Final

from attrs import frozen

from serai.engine.remote.known_hosts import AUTHORITY, fingerprints
from serai.hookspec.errors import HostKeyRefused, SeraiError, Unreachable

CANNOT_START: Final = "ssh cannot be started"
CLOSED: Final = "the connection was closed"

_KEY_SHOWN: Final = re.compile(
    r"fingerprint for the (\S+) key sent by the remote host is\s+(\S+?)\.?\s*$", re.MULTILINE
)
_NOISE: Final = re.compile(r"^(@+|@ .*@|Warning: .*|\*\* .*|)$")
_UNPROVEN: Final = "Host key verification failed."


@frozen
class Attempt:
    """A connection that did not come about.

    Attributes:
        address: where to.
        limit: seconds that it had.
        said: what ssh wrote.
        overdue: whether that time was up.
        pinned: the keys it was to prove itself with.
        logged_in: whether ssh ended without an error of its own.
    """

    address: str
    limit: float
    said: str = ""
    overdue: bool = False
    pinned: tuple[str, ...] = ()
    logged_in: bool = False


@frozen
class Cause:
    """A way in which connecting fails.

    Attributes:
        code: of the error.
        pattern: found in what ssh wrote.
        message: with ``{address}``, ``{limit}`` and ``{said}``.
        hint: what to do.
    """

    code: str
    pattern: str
    message: str
    hint: str


_CAUSES: Final = (
    Cause(
        "SSH_MISSING", f"^{CANNOT_START}", "{said}", "install OpenSSH's client (openssh-client) where the engine runs"
    ),
    Cause("NOT_CONNECTED", f"^{CLOSED}$", "{said}", "ask the operation that is at work for a new one"),
    Cause(
        "LOGIN_REFUSED",
        r"Permission denied|Too many authentication failures|No supported authentication methods",
        "{address} refuses the login: {said}",
        "see that the key is offered (ssh-add -l, identity_file) and among the login's authorized_keys there;"
        " nobody is asked for a password or a passphrase",
    ),
    Cause(
        "HOST_SILENT",
        r"timed out|Timeout, server",
        "{address} did not answer within {limit:.3g} s: {said}",
        "see that it runs, is not overloaded, and no firewall drops what is sent to it",
    ),
    Cause(
        "HOST_UNREACHABLE",
        r"Could not resolve hostname",
        "{address} is the name of no machine: {said}",
        "correct the address, or see to the name's resolution",
    ),
    Cause(
        "HOST_UNREACHABLE",
        r"Connection refused",
        "{address} refuses connections: {said}",
        "see that sshd runs there, on that port",
    ),
    Cause(
        "HOST_UNREACHABLE",
        r"onnection (closed|reset)|not allowed at this time",
        "{address} ended the connection at once: {said}",
        "see its sshd's log; it may have too many connections in the making (MaxStartups)",
    ),
)
_ELSE: Final = Cause("HOST_UNREACHABLE", "", "no connection to {address}: {said}", "try ssh by hand")


def turned_away(attempt: Attempt) -> bool:
    """Whether the machine, or one on the way, has too many connections in the making (MaxStartups): soon it may not."""
    return "kex_exchange_identification" in attempt.said


def explain(attempt: Attempt, host: str) -> SeraiError:
    """The error for a connection that did not come about.

    Args:
        attempt: what was tried, and what ssh wrote.
        host: whose machine it is.
    """
    if _UNPROVEN in attempt.said:
        return _unproven(attempt, host)
    details = {"address": attempt.address, "ssh": attempt.said.splitlines()[-20:]}
    cause = _cause(attempt)
    said = _essence(attempt.said) or (
        "it accepted, or not, and said nothing" if attempt.overdue else "nothing was said"
    )
    message = cause.message.format(address=attempt.address, limit=attempt.limit, said=said)
    return Unreachable(message, host=host, code=cause.code, hint=cause.hint, details=details)


def _cause(attempt: Attempt) -> Cause:
    if attempt.logged_in:
        return Cause("LOGIN_REFUSED", "", "{address} gives the login no shell: {said}", "give it one, such as /bin/sh")
    by_name = {cause.code: cause for cause in _CAUSES}
    if attempt.overdue:
        return by_name["HOST_SILENT"]
    return next((cause for cause in _CAUSES if re.search(cause.pattern, attempt.said, re.MULTILINE)), _ELSE)


def _unproven(attempt: Attempt, host: str) -> HostKeyRefused:
    details = {"address": attempt.address, "pinned": list(attempt.pinned), "ssh": attempt.said.splitlines()[-20:]}
    # ssh ends with that; only where it was another ssh, on the way, it has more to say.
    if attempt.said.rpartition(_UNPROVEN)[2].strip():
        return HostKeyRefused(
            f"a machine on the way to {attempt.address} could not prove who it is: {_essence(attempt.said)}",
            host=host,
            code="HOST_KEY_UNKNOWN",
            hint="jump hosts are believed as ssh_config and your own known_hosts say: connect to it once by hand",
            details=details,
        )
    if attempt.pinned and all(key.startswith(AUTHORITY) for key in attempt.pinned):
        return HostKeyRefused(
            f"{attempt.address} shows no certificate for {attempt.address} of what is pinned"
            f" ({fingerprints(attempt.pinned)})",
            host=host,
            code="HOST_KEY_CHANGED",
            hint="see whether it has one, valid now, that names this very address among its principals"
            " (ssh-keygen -Lf on its HostCertificate). Nothing was sent to it",
            details=details,
        )
    if attempt.pinned:
        found = _KEY_SHOWN.search(attempt.said)
        shown = f"the {found[1]} key {found[2]}" if found else "a key"
        return HostKeyRefused(
            f"{attempt.address} shows {shown}, and not what is pinned ({fingerprints(attempt.pinned)}):"
            " it is another machine, or its key was changed",
            host=host,
            code="HOST_KEY_CHANGED",
            hint="find out why; if the new key is right, pin it in place of the old one. Nothing was sent to it",
            details=details,
        )
    return HostKeyRefused(
        f"{attempt.address} is unknown: no key is pinned for it",
        host=host,
        code="HOST_KEY_UNKNOWN",
        hint=f"pin its key (ssh-keyscan {attempt.address} shows it; compare it with /etc/ssh/ssh_host_*_key.pub there),"
        " or allow first contact",
        details=details,
    )


def _essence(said: str) -> str:
    """The line that tells most: the first that is neither a warning nor decoration."""
    lines = (line.strip() for line in said.splitlines())
    return next((line for line in lines if not _NOISE.match(line)), "")
