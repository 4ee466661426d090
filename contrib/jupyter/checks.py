"""How JupyterLab is, told by itself."""

from collections.abc import Callable
from typing import Final

from serai.contrib.jupyter.server import ask_server
from serai.contrib.jupyter.settings import JUPYTER
from serai.hookspec.errors import RemoteError
from serai.hookspec.health import Health, HealthCheck, HealthColor
from serai.hookspec.objects import Cluster, Instance

_ANSWER_WITHIN: Final = 5.0


def health_checks(cluster: Cluster) -> list[HealthCheck]:
    """One for each instance that has it.

    Args:
        cluster: the cluster, its instances connected.
    """
    return [
        HealthCheck(f"Jupyter on {instance.instance_name}", _looking_at(instance))
        for instance in cluster.instances_with(JUPYTER)
    ]


def server_health(instance: Instance) -> Health:
    """Whether it answers whoever has the token."""
    try:
        state = ask_server(instance, timeout=_ANSWER_WITHIN)
    except RemoteError as error:
        return Health(HealthColor.RED, f"JupyterLab on {instance.instance_name} does not answer: {error.message}")
    return Health(HealthColor.GREEN, f"{state.kernels} kernel{'' if state.kernels == 1 else 's'}")


def _looking_at(instance: Instance) -> Callable[[], Health]:
    return lambda: server_health(instance)
