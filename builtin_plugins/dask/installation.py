"""Dask on one instance: its Python, its distribution, its configuration, the environment everything of it needs."""

import json
from collections.abc import Mapping
from typing import Any, Final

from serai.builtin_plugins.dask.settings import ClusterSettings
from serai.builtin_plugins.dask.versions import dask_artifact
from serai.hookspec.objects import Instance
from serai.hookspec.python_fit import check_python
from serai.hookspec.remote import Layout, Remote
from serai.hookspec.run import Run

# Dask's own list without what needs further packages, and with the API that lists and retires workers.
_ROUTES: Final = (
    "distributed.http.scheduler.info",
    "distributed.http.scheduler.json",
    "distributed.http.scheduler.api",
    "distributed.http.health",
    "distributed.http.statics",
)


def install(instance: Instance, run: Run) -> None:
    """Have Dask and its files on an instance; what is there already stays.

    Args:
        instance: where.
        run: the operation.

    Raises:
        SeraiError: the instance's Python does not fit.
        ArtifactError: the distribution could not be had.
    """
    remote, cluster = instance.remote, instance.node_group.cluster
    check_python("Dask", instance.instance_name, remote.facts)
    distribution = run.artifact(instance, dask_artifact(cluster.hadoop_version))
    config = dask_config(ClusterSettings.of(cluster), remote.layout)
    remote.put(
        {
            f"{_config_directory(remote.layout)}/serai.yaml": _as_text(config),
            _environment_file(remote.layout): _as_text(dask_environment(distribution, remote.layout)),
        }
    )


def dask_config(settings: ClusterSettings, layout: Layout) -> dict[str, Any]:
    """Dask's configuration, the same on each instance of a cluster but for paths."""
    return {
        "temporary-directory": f"{layout.data}/dask",
        "distributed": {"scheduler": {"worker-ttl": f"{settings.worker_ttl}s", "http": {"routes": list(_ROUTES)}}},
    }


def dask_environment(distribution: str, layout: Layout) -> dict[str, str]:
    """Variables under which ``import distributed`` works and reads our configuration and nobody else's.

    Without DASK_CONFIG it would also leave files in the home directory. Compiled modules are kept beside the sources,
    whatever the machine's own environment says: Dask starts in half the time with them.

    Args:
        distribution: the directory the distribution is in.
        layout: the instance's.
    """
    return {"PYTHONPATH": distribution, "PYTHONDONTWRITEBYTECODE": "", "DASK_CONFIG": _config_directory(layout)}


def installed_environment(remote: Remote) -> Mapping[str, str]:
    """What :func:`dask_environment` told when Dask was installed on the instance.

    Raises:
        CommandFailed: it was not.
    """
    environment: dict[str, str] = json.loads(remote.get(_environment_file(remote.layout)))
    return environment


def _config_directory(layout: Layout) -> str:
    return f"{layout.conf}/dask"


def _environment_file(layout: Layout) -> str:
    """Not in the configuration's directory, all of which Dask reads."""
    return f"{layout.conf}/dask-environment.json"


def _as_text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"
