"""Jobs of a Dask cluster: programs that run beside the scheduler and find it in their environment."""

from collections.abc import Mapping

from serai.builtin_plugins.dask.installation import installed_environment
from serai.builtin_plugins.dask.settings import SCHEDULER
from serai.builtin_plugins.dask.topology import scheduler_address
from serai.hookspec.edp import JobExecution
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.shell_jobs import ShellJobEngine


class DaskShellEngine(ShellJobEngine):
    """Runs Shell jobs in which ``distributed.Client()`` connects to the cluster as it is.

    Args:
        cluster: the cluster, its instances connected.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster, SCHEDULER)

    def environment(self, execution: JobExecution, instance: Instance, directory: str) -> Mapping[str, str]:
        """Dask's variables and the scheduler's address below the user's own; the user's PYTHONPATH goes in front."""
        dask, given = installed_environment(instance.remote), execution.spec.params
        path = [part for part in (given.get("PYTHONPATH"), dask["PYTHONPATH"]) if part]
        return {
            **dask,
            "DASK_SCHEDULER_ADDRESS": scheduler_address(self.cluster),
            **given,
            "PYTHONPATH": ":".join(path),
        }
