"""Hosts in memory, behind the interfaces of real ones: a provider for engines that need no machines.

fleet = Fleet(latency=0.02)
fleet.answer(["java", "-version"], said(stderr='openjdk version "17.0.15"'))
fleet.host("demo-workers-7").freeze()
engine = Engine.open(plugins=[plugin("fleet", Role.INFRASTRUCTURE, fleet)])
"""

from serai.hookspec.testing.fleet.commands import Answer, Asked, Pattern, said
from serai.hookspec.testing.fleet.fleet import Fleet
from serai.hookspec.testing.fleet.hosts import Call, FleetHost, StoredFile

__all__ = ["Answer", "Asked", "Call", "Fleet", "FleetHost", "Pattern", "StoredFile", "said"]
