"""The clock that leases are timed by: common to all who share a store, and blind to what wall clocks are set to.

A store on a server has the server's clock. A store in a file is used by the processes of one machine, and they have the
kernel's clock of the time since it booted, which nobody sets and which goes on while the machine sleeps. It begins
anew with each boot: so a reading carries the boot's name, and by another boot's clock every lease is over.
"""

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from attrs import frozen


@frozen
class Tick:
    """A moment by one clock; moments of two clocks cannot be compared.

    Attributes:
        clock: which clock.
        seconds: since that clock began.
    """

    clock: str
    seconds: float


LEASE_SECONDS: Final = 30.0
"""How long a lease lasts unless it is renewed."""

OUTAGE_SECONDS: Final = 300.0
"""How long an operation waits for a store that is away before it stops."""

Ticks = Callable[[], Tick]
"""Reads a clock."""

SERVER_CLOCK: Final = "server"


def since_boot() -> float:
    """Seconds since this machine was booted, those it slept for included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def machine_clock() -> Tick:
    """This machine's own clock."""
    return Tick(boot(), since_boot())


@cache
def boot() -> str:
    """Names this boot of this machine; no other one has the same."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
