"""Strategies for clusters, node groups and instances as values: every field set somehow, checked against nothing."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.cluster import Cluster, ClusterStatus, Instance, NodeGroup
from serai.hookspec.testing.strategies.config_objects import config_values, recommendations
from serai.hookspec.testing.strategies.plain import extras, moments, words


def instances(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[Instance]:
    """Instances, connected to nothing."""
    return st.builds(
        Instance,
        instance_id=words(),
        instance_name=words(),
        internal_ip=words(),
        management_ip=words(),
        volumes=st.lists(words(), max_size=2),
        nova_info=extras(leaves),
        username=words(),
        fqdn=words(),
        client_token=words(),
        fault=words(),
    )


def node_groups(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[NodeGroup]:
    """Node groups with instances; not checked against any plugin.

    Args:
        leaves: scalars of ``extra`` and of config values; any when left out.
    """
    return st.builds(
        NodeGroup,
        name=words(),
        count=st.integers(0, 10),
        node_processes=st.lists(words(), max_size=3),
        node_configs=config_values(leaves),
        flavor_id=st.none() | words(),
        image_id=st.none() | words(),
        volumes_per_node=st.integers(0, 3),
        volumes_size=st.integers(0, 3),
        volumes_mount_prefix=words(),
        floating_ip_pool=st.none() | words(),
        username=words(),
        use_autoconfig=st.booleans(),
        min_ready=st.none() | st.integers(0, 10),
        extra=extras(leaves),
        instances=st.lists(instances(leaves), max_size=2),
        quarantined=st.lists(instances(leaves), max_size=1),
        id=words(),
    )


def any_clusters(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[Cluster]:
    """Clusters with every field set somehow; not checked against any plugin.

    Args:
        leaves: scalars of ``extra``, ``info`` and config values; any when left out. Add :func:`secrets` to it for
            what must keep them.
    """
    return st.builds(
        Cluster,
        name=words(),
        plugin_name=words(),
        hadoop_version=words(),
        node_groups=st.lists(node_groups(leaves), max_size=3),
        cluster_configs=config_values(leaves),
        auxiliary_plugins=st.lists(words(), max_size=2),
        infrastructure=extras(leaves),
        anti_affinity=st.lists(words(), max_size=2),
        description=words(),
        info=extras(leaves),
        extra=extras(leaves),
        project_id=st.none() | words(),
        default_image_id=st.none() | words(),
        cluster_template_id=st.none() | words(),
        user_keypair_id=st.none() | words(),
        neutron_management_network=st.none() | words(),
        use_autoconfig=st.booleans(),
        is_transient=st.booleans(),
        is_protected=st.booleans(),
        recommendations=st.lists(recommendations(), max_size=2),
        status=st.sampled_from(ClusterStatus),
        status_reason=words(),
        id=words(),
        created_at=st.none() | moments(),
        updated_at=st.none() | moments(),
    )
