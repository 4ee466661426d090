"""What a plugin offers: versions, configs, processes, and whom an auxiliary fits. Asked before there is a cluster."""

from collections.abc import Mapping, Sequence
from typing import Any

from serai.hookspec import merging
from serai.hookspec.configs import Config
from serai.hookspec.semantics import AUXILIARY_ONLY, PROVISIONING_ONLY, collect, select


@select(pure=True, roles=PROVISIONING_ONLY, required=PROVISIONING_ONLY)
def get_versions() -> Sequence[str]:
    """Tell all versions of the framework that the plugin can provision, newest first.

    Called: when plugins are listed, and for every cluster's ``hadoop_version``.

    Returns:
        Version strings, such as ``["4.3.0", "3.5.9"]``.
    """


@collect(merging.configs, pure=True, required=PROVISIONING_ONLY)
def get_configs(hadoop_version: str) -> Sequence[Config]:
    """Tell the configs a user may set, with description, type, default and target.

    Called: when plugins are listed, and once for every stack. The same (applicable_target, name) from two plugins of
    a stack is a conflict.

    Args:
        hadoop_version: one of ``get_versions()``.

    Returns:
        The configs. A target is ``general`` or ``service:<name>`` of a service of the stack.
    """


@collect(merging.node_processes, pure=True, required=PROVISIONING_ONLY)
def get_node_processes(hadoop_version: str) -> Mapping[str, Sequence[str]]:
    """Tell the services and the processes that make up each.

    Called: once for every stack. A process belongs to one service.

    Args:
        hadoop_version: one of ``get_versions()``.

    Returns:
        Service to processes: ``{"HDFS": ["namenode", "datanode"]}``.
    """


@collect(merging.tags, pure=True)
def get_required_image_tags(hadoop_version: str) -> Sequence[str]:
    """Tell the tags an image must have for this plugin and version.

    Called: by providers that choose images. Where the provisioning plugin does not answer, its name and the version
    stand in.

    Args:
        hadoop_version: one of ``get_versions()``.

    Returns:
        Tags.
    """


@select(pure=True)
def get_labels() -> Mapping[str, Any]:
    """Tell how mature the plugin and its versions are.

    Called: when plugins are listed. A version that is not ``enabled`` is refused for new clusters.

    Returns:
        ``{"plugin_labels": {"stable": {"status": True}}, "version_labels": {"3.5": {"deprecated": {"status": True}}}}``
        with the labels enabled, hidden, stable, deprecated.
    """


@collect(merging.one_each, pure=True, isolated=True, roles=AUXILIARY_ONLY, required=AUXILIARY_ONLY)
def extends(plugin_name: str, hadoop_version: str) -> bool:
    """Tell whether this auxiliary plugin fits a provisioning plugin.

    Called: before the auxiliary joins a stack.

    Args:
        plugin_name: the provisioning plugin.
        hadoop_version: its version.

    Returns:
        True when it fits.
    """
