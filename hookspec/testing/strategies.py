"""Hypothesis strategies for the object model.

They shrink towards what a person would write: short names, small counts, empty mappings, no secrets.
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.cluster import Cluster, ClusterStatus, Instance, NodeGroup
from serai.hookspec.configs import Recommendation, ValidationError
from serai.hookspec.edp import JobExecution, JobSpec, JobStatus, JobType
from serai.hookspec.facts import Disk, Facts, JavaRuntime
from serai.hookspec.listening import Event, EventKind
from serai.hookspec.testing.config_strategies import clusters_of, configs, values_for, wrong_values_for
from serai.hookspec.testing.plain_strategies import extras, json_values, moments, names, scalars, secrets, words

__all__ = [
    "clusters",
    "clusters_of",
    "config_values",
    "configs",
    "events",
    "extras",
    "facts",
    "instances",
    "job_executions",
    "job_specs",
    "json_values",
    "moments",
    "names",
    "node_groups",
    "recommendations",
    "scalars",
    "secrets",
    "validation_errors",
    "values_for",
    "words",
    "wrong_values_for",
]


def config_values(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[dict[str, dict[str, Any]]]:
    """Values by target and name, of any config."""
    values = st.dictionaries(words(), scalars() if leaves is None else leaves, max_size=3)
    return st.dictionaries(words(), values, max_size=3)


def recommendations() -> SearchStrategy[Recommendation]:
    """Recommendations."""
    return st.builds(Recommendation, words(), words(), scalars(), st.none() | words(), words())


def validation_errors() -> SearchStrategy[ValidationError]:
    """Validation errors, with and without a config."""
    return st.builds(ValidationError, st.none() | configs(), words(), words(), words(), words())


def facts() -> SearchStrategy[Facts]:
    """What machines are like."""
    return st.builds(
        Facts,
        hostname=words(),
        machine_id=words(),
        distribution=st.sampled_from(("", "debian", "ubuntu", "rhel")),
        architecture=st.sampled_from(("", "x86_64", "aarch64")),
        cpus=st.integers(1, 256),
        memory_mb=st.integers(0, 1 << 20),
        disks=st.lists(st.builds(Disk, words(), st.integers(0), st.integers(0)), max_size=2).map(tuple),
        java=st.none() | st.builds(JavaRuntime, words(), st.sampled_from(("17.0.15", "1.8.0_462", "21"))),
        user=words(),
        is_root=st.booleans(),
        has_systemd=st.booleans(),
    )


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


def clusters(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[Cluster]:
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


def job_specs() -> SearchStrategy[JobSpec]:
    """Jobs as users ask for them."""
    return st.builds(
        JobSpec,
        type=st.sampled_from(JobType),
        main=words(),
        libs=st.lists(words(), max_size=2),
        args=st.lists(words(), max_size=2),
        params=st.dictionaries(words(), words(), max_size=2),
        configs=st.dictionaries(words(), words(), max_size=2),
    )


def job_executions(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[JobExecution]:
    """Runs of jobs."""
    return st.builds(
        JobExecution,
        id=words(),
        cluster_name=words(),
        spec=job_specs(),
        status=st.sampled_from(JobStatus),
        engine_job_id=words(),
        info=extras(leaves),
        extra=extras(leaves),
        reason=words(),
        created_at=st.none() | moments(),
        finished_at=st.none() | moments(),
    )


def events() -> SearchStrategy[Event]:
    """Events of operations."""
    return st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        cluster=words(),
        operation=words(),
        time=moments(),
        phase=words(),
        step=words(),
        host=words(),
        message=words(),
        data=extras(),
        sequence=st.integers(0),
    )
