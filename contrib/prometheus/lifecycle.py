"""Monitoring a cluster from its start to its end. Every step done twice is as good as done once."""

from collections.abc import Iterator, Sequence
from typing import Final

from serai.contrib.prometheus.daemons import SERVICE_NAMES, exporter_service
from serai.contrib.prometheus.programs import EXPORTER, SERVER, root_of
from serai.contrib.prometheus.scraping import scrape, wait_until_left, wait_until_up
from serai.contrib.prometheus.server import public_url
from serai.contrib.prometheus.settings import NODE_EXPORTER, PROMETHEUS, SERVICE
from serai.hookspec.changes import Changes
from serai.hookspec.configs import UpdatePolicy
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_PROGRAMS: Final = {PROMETHEUS: SERVER, NODE_EXPORTER: EXPORTER}
"""The program of each process."""


def configure(instances: Sequence[Instance], run: Run) -> None:
    """Have the programs where they belong.

    Args:
        instances: where; those with neither process are left alone.
        run: the operation.
    """

    def install(instance: Instance) -> None:
        for process in _processes(instance):
            root_of(instance, _PROGRAMS[process], run)

    run.each([each for each in instances if _processes(each)], install, step="Install Prometheus", timeout=3600.0)


def start(cluster: Cluster, run: Run) -> None:
    """Start node exporters and Prometheus, until that says that all its targets are up.

    Args:
        cluster: the cluster, configured; its framework runs.
        run: the operation.
    """
    _start_exporters(cluster.instances, run)
    wait_until_up(cluster, scrape(cluster, cluster.instances, run), run)
    cluster.info[SERVICE] = {"Web UI": public_url(cluster)}


def scale(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Take in new instances, until Prometheus says that all its targets are up, theirs among them.

    Args:
        cluster: the cluster.
        instances: the new ones; the framework runs there.
        run: the operation.
    """
    configure(instances, run)
    _start_exporters(instances, run)
    wait_until_up(cluster, scrape(cluster, cluster.instances, run), run)


def decommission(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Let go of instances: what leaves is no target that is down.

    Args:
        cluster: the cluster, still with those instances.
        instances: the ones that leave.
        run: the operation.
    """
    leaving = {each.instance_name for each in instances}
    staying = [each for each in cluster.instances if each.instance_name not in leaving]
    wait_until_left(cluster, scrape(cluster, staying, run), run)
    _stop(instances, NODE_EXPORTER, run)


def reconfigure(cluster: Cluster, changes: Changes, run: Run) -> None:
    """Do one step; arguments and errors are those of the hook ``reconfigure_cluster``.

    Whichever plugin's values change, and so whichever ports: Prometheus is told of it, and reads it anew.
    """
    step = changes.step
    if step.policy is UpdatePolicy.REPLACE:
        return
    _start_exporters(step.instances_with(NODE_EXPORTER, cluster), run)
    scraped = scrape(cluster, cluster.instances, run)
    if step == changes.steps[-1]:  # before, others may still be where they were
        wait_until_up(cluster, scraped, run)
        cluster.info[SERVICE] = {"Web UI": public_url(cluster)}


def disruptions(changes: Changes) -> Iterator[str]:
    """What users lose meanwhile; arguments as of the hook ``get_disruptions``."""
    if any(PROMETHEUS in step.processes and step.policy is UpdatePolicy.RESTART for step in changes.steps):
        yield "Prometheus is restarted: nothing is recorded until it is back."


def terminate(cluster: Cluster, run: Run) -> None:
    """Stop Prometheus, then the node exporters.

    Args:
        cluster: the cluster.
        run: the operation.
    """
    try:
        _stop(cluster.instances, PROMETHEUS, run)
    finally:
        _stop(cluster.instances, NODE_EXPORTER, run)


def _start_exporters(instances: Sequence[Instance], run: Run) -> None:
    def begin(instance: Instance) -> None:
        instance.remote.services.start(exporter_service(instance, root_of(instance, EXPORTER, run)))

    run.each([each for each in instances if NODE_EXPORTER in _processes(each)], begin, step="Start node exporters")


def _stop(instances: Sequence[Instance], process: str, run: Run) -> None:
    run.each(
        [each for each in instances if process in _processes(each)],
        lambda instance: instance.remote.services.stop(SERVICE_NAMES[process]),
        step=f"Stop {process}",
    )


def _processes(instance: Instance) -> list[str]:
    return [process for process in _PROGRAMS if process in instance.node_group.node_processes]
