"""What is said when there are not enough hosts: how many are wanted and found, and of each other one why not."""

from collections.abc import Mapping, Sequence
from typing import Final

from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import SeraiError

_NAMED: Final = 8
"""As many hosts are named for one reason; the others are counted."""

CODE: Final = "NOT_ENOUGH_HOSTS"
HINT: Final = "add hosts to the inventory, end clusters that have some ('serai hosts' tells which), or ask for less"


def shortage(group: str, wanted: int, found: int, reasons: Mapping[str, Sequence[str]]) -> str:
    """The message.

    Args:
        group: the node group's name.
        wanted: as many hosts as it wants, those it has left out.
        found: as many as it can have.
        reasons: why each other host is none for it.
    """
    hosts = "host" if wanted == 1 else "hosts"
    because: dict[str, list[str]] = {}
    for host, why in reasons.items():
        because.setdefault(", ".join(why), []).append(host)
    told = "; ".join(f"{_named(names)}: {why}" for why, names in because.items())
    return f"node group {group} wants {wanted} {hosts} and can have {found} ({told or 'there are no others'})"


def _named(hosts: Sequence[str]) -> str:
    more = len(hosts) - _NAMED
    return ", ".join(hosts[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def refusal(errors: Sequence[ValidationError]) -> SeraiError:
    """What stands against a choice of hosts, as one error that stops the work.

    Args:
        errors: at least one; the first gives the code and the hint.
    """
    first = errors[0]
    return SeraiError(
        "; ".join(error.error_message for error in errors),
        code=first.code,
        place=first.path,
        hint=first.hint,
        details={"errors": [error.to_dict() for error in errors]},
    )
