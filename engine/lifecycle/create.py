"""Creating a cluster."""

from typing import Final

from serai.engine.lifecycle import phases
from serai.engine.operations.work import Lifecycle, Phase
from serai.hookspec.cluster import ClusterStatus

CREATE: Final = Lifecycle(
    "create",
    (
        Phase("validate", ClusterStatus.VALIDATING, phases.validate),
        Phase("update infrastructure", ClusterStatus.INFRA_UPDATING, phases.update_infra),
        Phase("spawn", ClusterStatus.SPAWNING, phases.spawn),
        Phase("wait", ClusterStatus.WAITING, phases.wait),
        Phase("prepare", ClusterStatus.PREPARING, phases.prepare),
        Phase("configure", ClusterStatus.CONFIGURING, phases.configure),
        Phase("start", ClusterStatus.STARTING, phases.start),
    ),
)
