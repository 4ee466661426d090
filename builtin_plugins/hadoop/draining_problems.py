"""Whether the time that DataNodes have to be drained in is one in which the NameNode can tell that they are."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from serai.builtin_plugins.hadoop import quantities
from serai.builtin_plugins.hadoop.settings import DATANODES_DECOMMISSIONING_TIMEOUT as TIMEOUT
from serai.builtin_plugins.hadoop.values import property_in_force
from serai.hookspec.objects import Cluster, ValidationError
from serai.hookspec.places import config_path

INTERVAL: Final = "dfs.namenode.decommission.interval"

_DURATION: Final = re.compile(r"([0-9]+) *(ns|us|ms|s|m|h|d)?", re.IGNORECASE)
_SECONDS: Final = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86400),
}


def draining_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """A limit that is over before the NameNode has looked once: no node could ever leave.

    Args:
        cluster: the cluster; the engine may have found faults of its own in it.
    """
    limit = quantities.number(cluster, TIMEOUT)
    written = property_in_force(cluster, INTERVAL) or ""
    interval = seconds(written)
    if limit is not None and interval is not None and limit <= interval:
        yield ValidationError(
            config=TIMEOUT,
            error_message=f"{TIMEOUT.name!r} is {limit} s, and the NameNode looks only every {written}"
            " whether DataNodes are drained",
            path=config_path(cluster, TIMEOUT),
            code="DECOMMISSIONING_TIMEOUT_TOO_SHORT",
            hint=f"set it to more than {int(interval)}, or {INTERVAL} to less than {limit}s",
        )


def seconds(duration: str) -> Fraction | None:
    """What a duration of Hadoop's comes to, seconds where no unit is told; None for what is none."""
    match = _DURATION.fullmatch(duration.strip())
    return None if match is None else int(match[1]) * _SECONDS[(match[2] or "s").lower()]
