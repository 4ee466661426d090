"""Asking the provider ``ssh`` for hosts: what its tests ask with, and what a host that does not answer says."""

from typing import Any

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import Unreachable
from serai.hookspec.infrastructure import MachineRequest


def request(cluster: Cluster, group: str, number: int) -> MachineRequest:
    """A request for one machine, with a token of its own."""
    return MachineRequest(f"{cluster.name}-{group}-{number}", group, f"{cluster.id}-{group}-{number}")


def validated(yard: Any, cluster: Cluster) -> list[ValidationError]:
    """What is wrong with what a cluster wants of a yard's provider."""
    return list(yard.provider.validate_infrastructure(cluster, yard.access()))


def silent(name: str) -> Unreachable:
    """Why a host cannot be used that does not answer."""
    return Unreachable("no answer within 10 s", host=name)
