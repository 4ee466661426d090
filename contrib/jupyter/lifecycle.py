"""Notebooks on a cluster from its start to its end. Every step done twice is as good as done once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from serai.contrib.jupyter.configuration import instance_files, kernel_command
from serai.contrib.jupyter.distribution import jupyter_artifact
from serai.contrib.jupyter.layout import jupyter_paths
from serai.contrib.jupyter.server import NAME, ask_server, jupyter_service, public_url
from serai.contrib.jupyter.settings import JUPYTER, PORT, SERVICE, START_TIMEOUT, token
from serai.hookspec.changes import Changes
from serai.hookspec.configs import UpdatePolicy
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.python_fit import check_python
from serai.hookspec.run import Run

_INSTALL_TIMEOUT: Final = 3600.0
_ANSWER_WITHIN: Final = 5.0


def configure(instances: Iterable[Instance], run: Run) -> None:
    """Install JupyterLab and write its files.

    Args:
        instances: where; those without the process are left alone.
        run: the operation.
    """

    def install(instance: Instance) -> None:
        check_python("JupyterLab", instance.instance_name, instance.remote.facts)
        run.artifact(instance, jupyter_artifact())
        _write(instance)

    run.each(_with_jupyter(instances), install, step="Install Jupyter", timeout=_INSTALL_TIMEOUT)


def start(cluster: Cluster, instances: Iterable[Instance], run: Run) -> None:
    """Start JupyterLab on instances, until it answers whoever has the token.

    Args:
        cluster: the cluster, configured.
        instances: of the cluster's; those without the process are left alone.
        run: the operation.
    """
    run.each(_with_jupyter(instances), lambda instance: _start(instance, run), step="Start Jupyter")
    cluster.info[SERVICE] = cluster_info(cluster)


def scale(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Have JupyterLab on new instances that are to have it. Arguments as of the hook ``scale_cluster``."""
    configure(instances, run)
    start(cluster, instances, run)


def decommission(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Stop JupyterLab where instances leave; notebooks there end with them. Arguments as of ``decommission_nodes``."""
    leaving = {each.instance_name for each in instances}
    _stop(instances, run)
    cluster.info[SERVICE] = cluster_info(cluster, without=leaving)


def reconfigure(cluster: Cluster, changes: Changes, run: Run) -> None:
    """Do one step; arguments and errors are those of the hook ``reconfigure_cluster``."""

    def renew(instance: Instance) -> None:
        _write(instance)  # what it reads is in a file: that another is to be read, its command line does not tell
        instance.remote.services.stop(NAME)
        _start(instance, run)

    run.each(changes.step.instances_with(JUPYTER, cluster), renew, step="Restart Jupyter")
    cluster.info[SERVICE] = cluster_info(cluster)


def disruptions(changes: Changes) -> Iterator[str]:
    """What users lose meanwhile; arguments as of the hook ``get_disruptions``."""
    if any(JUPYTER in step.processes and step.policy is not UpdatePolicy.LIVE for step in changes.steps):
        yield "Jupyter is restarted: kernels end, and what they hold in memory is lost; saved notebooks stay."


def terminate(cluster: Cluster, run: Run) -> None:
    """Stop JupyterLab and its kernels.

    Args:
        cluster: the cluster.
        run: the operation.
    """
    _stop(cluster.instances, run)


def cluster_info(cluster: Cluster, *, without: Iterable[str] = ()) -> dict[str, str]:
    """What is published of a cluster: where people look.

    Args:
        cluster: the cluster.
        without: names of instances that leave.
    """
    left_out = frozenset(without)
    stay = [each for each in cluster.instances_with(JUPYTER) if each.instance_name not in left_out]
    return {"JupyterLab": ", ".join(map(public_url, stay))}


def _write(instance: Instance) -> None:
    cluster, remote, paths = instance.node_group.cluster, instance.remote, jupyter_paths(instance)
    kernel = kernel_command(cluster, remote.facts.python, remote.layout)
    files = instance_files(cluster, instance.internal_ip, cluster.value(PORT), token(cluster), paths, kernel)
    remote.run("mkdir", "-p", paths.notebooks)
    remote.put(files)


def _start(instance: Instance, run: Run) -> None:
    environment = jupyter_paths(instance).environment(run.artifact(instance, jupyter_artifact()))
    instance.remote.services.start(jupyter_service(instance, environment))
    run.wait_until(
        lambda: ask_server(instance, timeout=_ANSWER_WITHIN),
        what=f"JupyterLab on {instance.instance_name} to answer",
        timeout=instance.node_group.cluster.value(START_TIMEOUT),
    )


def _stop(instances: Iterable[Instance], run: Run) -> None:
    run.each(_with_jupyter(instances), lambda instance: instance.remote.services.stop(NAME), step="Stop Jupyter")


def _with_jupyter(instances: Iterable[Instance]) -> list[Instance]:
    return [each for each in instances if JUPYTER in each.node_group.node_processes]
