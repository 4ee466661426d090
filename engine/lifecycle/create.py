"""Creating a cluster."""

from typing import Final

from serai.engine.lifecycle import phases
from serai.engine.lifecycle.quorum import with_quorum
from serai.engine.operations.work import Lifecycle, Phase
from serai.hookspec.cluster import ClusterStatus

CREATE: Final = Lifecycle(
    "create",
    (
        Phase("validate", ClusterStatus.VALIDATING, phases.validate),
        Phase("update infrastructure", ClusterStatus.INFRA_UPDATING, phases.update_infra),
        Phase("spawn", ClusterStatus.SPAWNING, phases.spawn),
        Phase("wait", ClusterStatus.WAITING, with_quorum(phases.wait)),
        Phase("prepare", ClusterStatus.PREPARING, with_quorum(phases.prepare)),
        Phase("configure", ClusterStatus.CONFIGURING, with_quorum(phases.configure)),
        Phase("start", ClusterStatus.STARTING, with_quorum(phases.start)),
    ),
)
