"""What a cluster does without, in words."""

from typing import Final

from serai.hookspec.cluster import Cluster

_TOLD: Final = 3
"""Machines that are named; the others are counted."""


def readiness(cluster: Cluster) -> str:
    """``15/16 ready, demo-workers-7 quarantined: [TIMEOUT] …``; ``""`` when the cluster does without nothing."""
    quarantined = cluster.quarantined
    if not quarantined:
        return ""
    told = [f"{instance.instance_name} quarantined: {instance.fault}" for instance in quarantined[:_TOLD]]
    more = len(quarantined) - len(told)
    wanted = sum(group.count for group in cluster.node_groups)
    return f"{len(cluster.instances)}/{wanted} ready, {'; '.join(told)}{f'; and {more} more' if more else ''}"
