"""Where a cluster stands."""

from enum import StrEnum


class ClusterStatus(StrEnum):
    """Where a cluster stands. ``Active`` and ``Error`` are at rest; the others belong to a running operation."""

    UNDEFINED = "undefined"
    VALIDATING = "Validating"
    INFRA_UPDATING = "InfraUpdating"
    SPAWNING = "Spawning"
    WAITING = "Waiting"
    PREPARING = "Preparing"
    CONFIGURING = "Configuring"
    STARTING = "Starting"
    ACTIVE = "Active"
    DECOMMISSIONING = "Decommissioning"
    SCALING = "Scaling"
    DELETING = "Deleting"
    ERROR = "Error"
