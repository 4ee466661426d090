"""JupyterLab as a service of its instance, and what it says of itself."""

import json
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from serai.contrib.jupyter.settings import PORT, START_TIMEOUT, token
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Instance
from serai.hookspec.services import Listening, Service

NAME: Final = "jupyter"
"""The service."""

_PRIVATELY: Final = ("sh", "-c", 'umask 077; exec "$@"', "sh")
"""What it writes is its user's alone: a page for browsers, with the token in it, would be everybody's."""


def jupyter_service(instance: Instance, environment: Mapping[str, str]) -> Service:
    """JupyterLab on an instance.

    Args:
        instance: which.
        environment: as of :meth:`~serai.contrib.jupyter.layout.JupyterPaths.environment`.
    """
    cluster = instance.node_group.cluster
    return Service(
        name=NAME,
        argv=(*_PRIVATELY, instance.remote.facts.python, "-m", "jupyterlab", "--no-browser"),
        env=environment,
        ready=(Listening(cluster.value(PORT), instance.internal_ip),),
        ready_timeout=cluster.value(START_TIMEOUT),
        stop_timeout=15.0,
    )


def public_url(instance: Instance) -> str:
    """Where an instance's JupyterLab is, as seen by users."""
    port = instance.node_group.cluster.value(PORT)
    return f"http://{instance.management_ip or instance.internal_ip}:{port}/lab"


@frozen
class ServerState:
    """What a server says of itself.

    Attributes:
        kernels: how many there are.
        connections: how many users' connections to them.
    """

    kernels: int
    connections: int


def ask_server(instance: Instance, *, timeout: float) -> ServerState:
    """How an instance's server is.

    https://jupyter-server.readthedocs.io/en/latest/developers/rest-api.html

    Args:
        instance: which; connected.
        timeout: seconds.

    Raises:
        RemoteError: it does not answer, does not know the token, or says something else.
    """
    cluster = instance.node_group.cluster
    url = f"http://{instance.internal_ip}:{cluster.value(PORT)}/api/status"
    answer = instance.remote.http(url, headers={"Authorization": f"token {token(cluster).reveal()}"}, timeout=timeout)
    try:
        return parse_state(answer)
    except (ValueError, KeyError, TypeError) as error:
        raise RemoteError(
            f"{url}: not what Jupyter says of itself: {error!r}",
            host=instance.instance_name,
            code="UNREADABLE_ANSWER",
            hint="see whether something else listens there",
        ) from error


def parse_state(answer: bytes) -> ServerState:
    """What an answer says.

    Args:
        answer: the body.

    Raises:
        ValueError, KeyError, TypeError: it is of another shape.
    """
    document = json.loads(answer)
    counts = document["kernels"], document["connections"]
    if not all(type(count) is int and count >= 0 for count in counts):
        raise ValueError(f"kernels and connections are counts, not {counts}")
    return ServerState(*counts)
