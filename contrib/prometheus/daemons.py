"""Prometheus and the node exporters as services of their instances."""

from typing import Final

from serai.contrib.prometheus.programs import EXPORTER, SERVER, program
from serai.contrib.prometheus.settings import NODE_EXPORTER, NODE_EXPORTER_PORT, PROMETHEUS, Settings
from serai.hookspec.objects import Instance
from serai.hookspec.services import Listening, Service

SERVICE_NAMES: Final = {PROMETHEUS: "prometheus", NODE_EXPORTER: "node-exporter"}
"""The service that each process is."""


def config_path(instance: Instance) -> str:
    """Where an instance's Prometheus is told whom to scrape."""
    return f"{instance.remote.layout.conf}/prometheus/prometheus.yml"


def server_service(instance: Instance, root: str) -> Service:
    """Prometheus; it listens on the instance's address only.

    Args:
        instance: which.
        root: where its package's files are, as of :func:`~serai.contrib.prometheus.programs.root_of`.
    """
    values = Settings.of(instance.node_group.cluster)
    return Service(
        name=SERVICE_NAMES[PROMETHEUS],
        argv=(
            program(SERVER, root),
            f"--config.file={config_path(instance)}",
            f"--storage.tsdb.path={instance.storage_paths[0]}/prometheus",
            f"--storage.tsdb.retention.time={values.retention}d",
            f"--web.listen-address={instance.internal_ip}:{values.port}",
            # Debian's own: it would look for its pages where it is installed.
            f"--web.local-assets={root}/usr/share/prometheus/web/",
        ),
        ready=(Listening(values.port, instance.internal_ip),),
        ready_timeout=values.start_timeout,
    )


def exporter_service(instance: Instance, root: str) -> Service:
    """The node exporter of an instance; it listens on the instance's address only. Arguments as above."""
    group = instance.node_group
    port = group.value(NODE_EXPORTER_PORT)
    return Service(
        name=SERVICE_NAMES[NODE_EXPORTER],
        argv=(program(EXPORTER, root), f"--web.listen-address={instance.internal_ip}:{port}"),
        ready=(Listening(port, instance.internal_ip),),
        ready_timeout=Settings.of(group.cluster).start_timeout,
        stop_timeout=10.0,
    )
