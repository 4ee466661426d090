"""Hosts in memory, behind the interfaces of real ones: a provider for engines that need no machines.

fleet = Fleet(latency=0.02)
fleet.answer(["java", "-version"], said(stderr='openjdk version "17.0.15"'))
fleet.host("demo-workers-7").freeze()
engine = Engine.open(plugins=[plugin("fleet", Role.INFRASTRUCTURE, fleet)])
"""

from serai.hookspec.testing.fleet.clocks import Clock, RealClock, VirtualClock
from serai.hookspec.testing.fleet.commands import Answer, Asked, Pattern, said
from serai.hookspec.testing.fleet.faults import (
    CRASH,
    DISK_FULL,
    HANG,
    UNREACHABLE,
    Call,
    Crash,
    Fault,
    FaultKind,
    Journal,
    garbage,
    slow,
)
from serai.hookspec.testing.fleet.fleet import Fleet
from serai.hookspec.testing.fleet.hosts import FleetHost, StoredFile
from serai.hookspec.testing.fleet.replay import Replay, TranscriptDiffers
from serai.hookspec.testing.fleet.unrecorded import NotRecorded
from serai.hookspec.transcripts import Exchange, Transcript

__all__ = [
    "CRASH",
    "DISK_FULL",
    "HANG",
    "UNREACHABLE",
    "Answer",
    "Asked",
    "Call",
    "Clock",
    "Crash",
    "Exchange",
    "Fault",
    "FaultKind",
    "Fleet",
    "FleetHost",
    "Journal",
    "NotRecorded",
    "Pattern",
    "RealClock",
    "Replay",
    "StoredFile",
    "Transcript",
    "TranscriptDiffers",
    "VirtualClock",
    "garbage",
    "said",
    "slow",
]
