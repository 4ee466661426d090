"""What is written on an instance: files by path, made of nothing but values."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from serai.contrib.jupyter.layout import JupyterPaths
from serai.hookspec.objects import Cluster, Secret
from serai.hookspec.remote import Layout

_LAUNCHERS: Final = {"spark": "spark/bin/with-spark"}
"""What starts a program so that it finds the cluster, below ``dist``, by provisioning plugin."""

FRAMEWORK_PROCESSES: Final = {"spark": ("master", "worker")}
"""Where that launcher is: on instances with one of these processes."""


def instance_files(
    cluster: Cluster, address: str, port: int, token: Secret, paths: JupyterPaths, kernel: Sequence[str]
) -> dict[str, str | Secret]:
    """Everything that is written on one instance.

    Args:
        cluster: the cluster.
        address: the instance's: Jupyter binds to it and to nothing else.
        port: Jupyter's.
        token: what users must know.
        paths: the instance's.
        kernel: as of :func:`kernel_command`.
    """
    return {
        paths.server_config: Secret(_text(server_config(address, port, token, paths))),
        paths.kernel: _text({"argv": list(kernel), "display_name": kernel_name(cluster), "language": "python"}),
    }


def server_config(address: str, port: int, token: Secret, paths: JupyterPaths) -> dict[str, Any]:
    """The server's configuration; the token in clear. Arguments as above.

    https://jupyter-server.readthedocs.io/en/latest/other/full-config.html
    """
    return {
        "ServerApp": {
            "ip": address,
            "port": port,
            "port_retries": 0,
            "open_browser": False,
            "root_dir": paths.notebooks,
            "allow_root": True,  # it runs as who it is installed by
            "allow_remote_access": True,
        },
        "IdentityProvider": {"token": token.reveal()},
        # The distribution is shared with others and its versions are chosen: nothing is installed into it.
        "LabApp": {"extension_manager": "readonly"},
    }


def kernel_command(cluster: Cluster, python: str, layout: Layout) -> tuple[str, ...]:
    """What starts a kernel: in the framework's environment, where it has one.

    Args:
        cluster: the cluster.
        python: the instance's.
        layout: the instance's.
    """
    launcher = _LAUNCHERS.get(cluster.plugin_name)
    prefix = () if launcher is None else (f"{layout.dist}/{launcher}",)
    return (*prefix, python, "-m", "ipykernel_launcher", "-f", "{connection_file}")


def kernel_name(cluster: Cluster) -> str:
    """What users read on the kernel: that it computes on the cluster, where it does."""
    if cluster.plugin_name not in _LAUNCHERS:
        return "Python 3"
    return f"Python 3 on {cluster.name} ({cluster.plugin_name} {cluster.hadoop_version})"


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"
