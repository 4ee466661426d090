"""Starting processes on many instances."""

from collections.abc import Iterable, Sequence

from serai.builtin_plugins.hadoop.daemons import daemon_service, start_together
from serai.builtin_plugins.hadoop.topology import with_any
from serai.builtin_plugins.leader_workers.instances import runs
from serai.hookspec.objects import Instance
from serai.hookspec.run import Run


def start_processes(instances: Sequence[Instance], processes: Iterable[str], run: Run, *, step: str) -> None:
    """Start processes, all at the same time; one that runs as it should goes on.

    Args:
        instances: where; only those that have one of the processes are touched.
        processes: which.
        run: the operation.
        step: what it is called in events and errors.
    """
    wanted = tuple(processes)

    def start_own(instance: Instance) -> None:
        own = [process for process in wanted if runs(instance, process)]
        start_together(instance, [daemon_service(instance, process) for process in own])

    run.each(with_any(instances, wanted), start_own, step=step)
