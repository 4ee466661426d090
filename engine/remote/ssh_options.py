"""How ssh is called. Nothing here has effects."""

import math
from typing import Final

from serai.hookspec.remote import SshEndpoint

_ALWAYS: Final = {
    # What follows may be newer than the ssh at hand.
    "IgnoreUnknown": "SessionType,StdinNull,ForkAfterAuthentication,KnownHostsCommand,EnableEscapeCommandline",
    # Never a question.
    "BatchMode": "yes",
    "NumberOfPasswordPrompts": "0",
    "LogLevel": "ERROR",
    "VisualHostKey": "no",
    # The pinned keys, and nothing else, tell whether it is the machine that was meant.
    "GlobalKnownHostsFile": "/dev/null",
    "KnownHostsCommand": "none",
    "VerifyHostKeyDNS": "no",
    "NoHostAuthenticationForLocalhost": "no",
    "UpdateHostKeys": "no",
    "CheckHostIP": "no",
    "HashKnownHosts": "no",
    # A link that goes away is noticed within 15 to 20 seconds.
    "ConnectionAttempts": "1",
    "ServerAliveInterval": "5",
    "ServerAliveCountMax": "3",
    # One session that holds the connection: none of what ssh_config may say for people at a terminal.
    "ControlPersist": "no",
    "StdinNull": "no",
    "ForkAfterAuthentication": "no",
    "RequestTTY": "no",
    "EscapeChar": "none",
    "EnableEscapeCommandline": "no",
    "RemoteCommand": "none",
    "PermitLocalCommand": "no",
    # The machine gets no way back.
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "ClearAllForwardings": "yes",
    "Tunnel": "no",
    "GSSAPIDelegateCredentials": "no",
    "AddKeysToAgent": "no",
}

SESSION: Final = ("-o", "SessionType=default")
"""Options for running a command. scp, which is no command of ours, takes none of that kind."""


def checked_address(address: str) -> str:
    """The destination, if it can be one.

    Raises:
        ValueError: it is empty, would be taken for an option, or has blanks or characters that do not print.
    """
    if not address or address.startswith("-") or " " in address or not address.isprintable():
        raise ValueError(f"not an address, name or alias that ssh can connect to: {address!r}")
    return address


def login(endpoint: SshEndpoint) -> list[str]:
    """Options that say which machine is meant, and who logs in: all but the address. scp takes them too."""
    options: list[str] = []
    if endpoint.config_file:
        options += ["-F", endpoint.config_file]
    if endpoint.identity_file:
        options += ["-o", f"IdentityFile={_path(endpoint.identity_file)}", "-o", "IdentitiesOnly=yes"]
    if endpoint.user:
        options += ["-o", f"User={endpoint.user}"]
    if endpoint.port:
        options += ["-o", f"Port={endpoint.port}"]
    return options


def trust(known_hosts: str, *, believe: bool) -> list[str]:
    """Options for proving who the machine is.

    Args:
        known_hosts: path of the file with the pinned keys.
        believe: whether the first key that it shows is believed, and written there.
    """
    strict = "accept-new" if believe else "yes"
    return ["-o", f"UserKnownHostsFile={_path(known_hosts)}", "-o", f"StrictHostKeyChecking={strict}"]


def control(socket: str) -> list[str]:
    """Options for the socket over which a connection is shared."""
    return ["-o", f"ControlPath={_path(socket)}"]


def always(limit: float = 20.0) -> list[str]:
    """Options of every call.

    Args:
        limit: seconds for connecting. ssh itself gets one less: it knows more about what went wrong.
    """
    options = {**_ALWAYS, "ConnectTimeout": str(max(1, math.ceil(limit) - 1))}
    return [word for name, value in options.items() for word in ("-o", f"{name}={value}")]


def _path(path: str) -> str:
    """A path as ssh reads options: quoted, and without anything to be filled in."""
    quoted = path.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{quoted}"'
