"""Commands as root: by ``sudo`` that never asks."""

from collections.abc import Mapping, Sequence
from typing import Final

from serai.hookspec.errors import RootRefused

SUDO: Final = ("sudo", "-n", "--")


def as_root(argv: Sequence[str], env: Mapping[str, str]) -> tuple[str, ...]:
    """The command for sudo, with its environment behind it: sudo drops what stands before."""
    return (*SUDO, "env", "--", *(f"{name}={value}" for name, value in env.items()), *argv)


def refusal(host: str, said: str) -> RootRefused:
    """Why root is refused, from what sudo (or the shell that did not find it) said."""
    reason = said.strip().rpartition("\n")[2] or "sudo said nothing"
    if "not found" in reason or "No such file" in reason:
        hint = "install sudo on the machine, or log in as root"
    else:
        hint = "let the login run everything without a password (NOPASSWD: ALL in sudoers), or log in as root"
    return RootRefused(f"root is refused: {reason}", host=host, hint=hint)


def undeclared(host: str) -> RootRefused:
    """Why root is refused to a plugin that did not ask for it."""
    return RootRefused(
        "root is refused: no plugin of the cluster declared that it needs it",
        host=host,
        code="ROOT_NOT_DECLARED",
        hint="a plugin says what it does as root in get_root_commands",
    )
