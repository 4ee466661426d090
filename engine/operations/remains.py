"""What an operation that stops leaves behind, in words."""

from typing import TYPE_CHECKING

from serai.hookspec.cluster import Cluster

if TYPE_CHECKING:
    from serai.engine.store.records import OperationRecord


def remains(cluster: Cluster, record: "OperationRecord") -> list[str]:
    """The machines a cluster has, with their addresses, and those that were asked for and that none is known of yet."""
    instances = [*cluster.instances, *cluster.quarantined]
    known = {instance.instance_name for instance in instances}
    asked = [
        name for name, what in record.state.get("requests", {}).items() if name not in known and "outcome" not in what
    ]
    return [
        *(f"{instance.instance_name} {instance.management_ip}".strip() for instance in instances),
        *(f"{name} (asked for; it may be there)" for name in asked),
    ]
