"""Work on the machines: making, scaling, changing and ending a cluster. All of it converges."""

from collections.abc import Sequence

from serai.hookspec.changes import Changes
from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.run import Run
from serai.hookspec.semantics import PROVISIONING_ONLY, Order, notify


@notify()
def update_infra(cluster: Cluster) -> None:
    """Change what the provider is about to make. Kept for the SPI; no built-in plugin uses it.

    Called: before machines exist.

    Args:
        cluster: the cluster.
    """


@notify(required=PROVISIONING_ONLY)
def configure_cluster(cluster: Cluster, run: Run) -> None:
    """Install and configure everything on the machines. Must converge: called again, it finishes the job.

    Called: when all machines of a new cluster are reachable.

    Args:
        cluster: the cluster with its instances connected.
        run: the operation.
    """


@notify(required=PROVISIONING_ONLY)
def start_cluster(cluster: Cluster, run: Run) -> None:
    """Start everything and return when it really works. May publish addresses in ``cluster.info``.

    Called: after ``configure_cluster``. Must converge.

    Args:
        cluster: the cluster.
        run: the operation.
    """


@notify()
def scale_cluster(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Configure new instances and start what belongs on them, leaving the others alone.

    Called: when a cluster was scaled up. Where no plugin implements it, scaling is refused before anything is touched.

    Args:
        cluster: the cluster, the new instances among its own.
        instances: the new ones.
        run: the operation.
    """


@notify(order=Order.AUXILIARIES_FIRST)
def decommission_nodes(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Drain instances: return only when nothing is lost by removing their machines.

    Called: before machines are removed by scaling down. Prove the drain from strictly parsed evidence; what cannot be
    parsed is not drained. Raising keeps the machines.

    Args:
        cluster: the cluster, still with those instances.
        instances: the ones that will be removed.
        run: the operation.
    """


@notify()
def reconfigure_cluster(cluster: Cluster, changes: Changes, run: Run) -> None:
    """Bring new values into force, one step at a time. Must converge: called again, it finishes the step.

    Called: on a running cluster, once for each of ``changes.steps``, in order; ``changes.step`` is the one to be done
    now. Steps that replace machines are the engine's, with ``scale_cluster`` and ``decommission_nodes``: whatever an
    earlier step writes, values that hold for new machines only are not for those that are to go. A step touches no
    process but its own, and returns only when the framework itself says that they are back: the next step is not begun
    before, and none after one that raised. Where the plugin of a config does not implement it, changes that disturb
    anything are refused before anything is touched.

    Args:
        cluster: the cluster with its new values.
        changes: what changes; ``step.instances_with(process, cluster)`` tells what is touched now.
        run: the operation.
    """


@notify(order=Order.AUXILIARIES_FIRST, isolated=True)
def on_terminate_cluster(cluster: Cluster, run: Run) -> None:
    """Clean up what outlives the machines.

    Called: before the machines of a cluster are removed. A failure is recorded and never stops the deletion.

    Args:
        cluster: the cluster.
        run: the operation.
    """
