"""The hooks of provisioning and auxiliary plugins: the SPI.

Names and arguments are those of the SPI document. An implementation takes the arguments it wants:
``configure_cluster(cluster)`` is as valid as ``configure_cluster(cluster, run)``. No argument has a default: the
engine passes every one.

The modules are in the order of a cluster's life, which is the order of the documentation.
"""

# ruff: noqa: I001, RUF022 - sorted, hooks would be documented by the alphabet

from serai.hookspec.provisioning.offers import (
    get_versions,
    get_configs,
    get_node_processes,
    get_required_image_tags,
    get_labels,
    extends,
)
from serai.hookspec.provisioning.planning import (
    recommend_configs,
    validate,
    validate_scaling,
    get_update_policy,
    get_disruptions,
    get_open_ports,
    get_root_commands,
)
from serai.hookspec.provisioning.operating import (
    update_infra,
    configure_cluster,
    start_cluster,
    scale_cluster,
    decommission_nodes,
    reconfigure_cluster,
    on_terminate_cluster,
)
from serai.hookspec.provisioning.running import (
    get_health_checks,
    get_edp_engine,
    get_edp_job_types,
    get_edp_config_hints,
)
from serai.hookspec.provisioning.images import (
    get_image_arguments,
    pack_image,
    validate_images,
)

__all__ = [
    "get_versions",
    "get_configs",
    "get_node_processes",
    "get_required_image_tags",
    "get_labels",
    "extends",
    "recommend_configs",
    "validate",
    "validate_scaling",
    "get_update_policy",
    "get_disruptions",
    "get_open_ports",
    "get_root_commands",
    "update_infra",
    "configure_cluster",
    "start_cluster",
    "scale_cluster",
    "decommission_nodes",
    "reconfigure_cluster",
    "on_terminate_cluster",
    "get_health_checks",
    "get_edp_engine",
    "get_edp_job_types",
    "get_edp_config_hints",
    "get_image_arguments",
    "pack_image",
    "validate_images",
]
