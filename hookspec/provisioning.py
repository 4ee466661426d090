"""The hooks of provisioning and auxiliary plugins: the SPI.

Names and arguments are those of the SPI document. An implementation takes the arguments it wants:
``configure_cluster(cluster)`` is as valid as ``configure_cluster(cluster, run)``. No argument has a default: the
engine passes every one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from serai.hookspec import merging
from serai.hookspec.changes import Changes
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import Config, Recommendation, UpdatePolicy, ValidationError
from serai.hookspec.edp import JobEngine
from serai.hookspec.health import HealthCheck
from serai.hookspec.images import ImageArgument
from serai.hookspec.remote import Remote
from serai.hookspec.run import Run
from serai.hookspec.semantics import Order, Role, collect, notify, select

PROVISIONING_ONLY = (Role.PROVISIONING,)
AUXILIARY_ONLY = (Role.AUXILIARY,)

# What the plugin offers


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

    Called: by providers that choose images. Where no plugin answers, the tags are the plugin's name and the version.

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


# Before anything is touched


@collect(merging.recommendations)
def recommend_configs(cluster: Cluster, scaling: bool) -> Sequence[Recommendation]:
    """Recommend values for configs, each with its reason.

    Called: before validation when a cluster is planned, created, changed or scaled. ``node_group.facts`` tells what the
    machines are like, where the provider knows. A value the user gave is never overridden.

    Args:
        cluster: the cluster as it is to be.
        scaling: whether it exists already, and is being scaled or changed.

    Returns:
        Recommendations.
    """


@notify(isolated=True)
def validate(cluster: Cluster) -> None:
    """Check a cluster before it is created. Every plugin of the stack is asked; all errors are raised together.

    Called: when a cluster is planned and before one is created, after the engine's own rules; likewise when values of
    one that runs are to change.

    Args:
        cluster: the cluster as it is to be; instances exist only when one that runs is to change.

    Raises:
        InvalidCluster: one thing is wrong. Its ``code`` names the rule (``NOT_SINGLE_NAME_NODE``).
        ValidationFailed: several things are.
    """


@collect(merging.validation_errors, isolated=True)
def validate_scaling(
    cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
) -> Sequence[ValidationError]:
    """Check a scaling before anything is touched. Every plugin is asked; raising as in ``validate`` counts too.

    Called: when a cluster is scaled, after the engine's own rules.

    Args:
        cluster: the cluster as it is.
        existing: new count of each existing node group that is resized.
        additional: count of each node group that is added.

    Returns:
        What is wrong; empty when nothing is.
    """


@select()
def get_update_policy(cluster: Cluster, config: Config, old: Any, new: Any) -> UpdatePolicy | None:
    """Tell what it takes until another value is in force, where that depends on the values or on the cluster.

    Such as for a text that is handed through to the framework, in which some lines matter to processes and others to
    jobs alone. Without an implementation, or with None, it is the config's own ``update_policy``.

    Called: when a change of a running cluster is planned and made, for each config whose value changes.

    Args:
        cluster: the cluster as it is to be.
        config: one of any plugin's; answer None for those that are not yours.
        old: the value that is in force; None for none.
        new: the value that is to be.

    Returns:
        The policy, or None.
    """


@collect(merging.disruptions)
def get_disruptions(cluster: Cluster, changes: Changes) -> Sequence[str]:
    """Tell what users of the cluster lose or cannot do while a change is made.

    Called: when a change of a running cluster is planned, so that whoever agrees to it knows.

    Args:
        cluster: the cluster as it is to be.
        changes: what is to be changed, at its first step.

    Returns:
        Sentences for people, such as ``Applications that run end with the master.``
    """


@collect(merging.ports)
def get_open_ports(node_group: NodeGroup) -> Sequence[int]:
    """Tell the TCP ports that must be reachable from outside, from the *configured* values.

    Called: when a cluster is planned, and by providers that make firewalls.

    Args:
        node_group: whose ports.

    Returns:
        Port numbers.
    """


@collect(merging.root_commands)
def get_root_commands(node_group: NodeGroup) -> Sequence[str]:
    """Tell what the plugin does as root on a node group's machines. No implementation: nothing.

    ``root=True`` on a remote is refused where nothing is declared, and where something is, machines are asked
    beforehand whether their login may.

    Called: when a cluster is validated, planned, and when its machines are connected.

    Args:
        node_group: which group.

    Returns:
        Each thing in a few words for people, such as ``install packages with apt-get``.
    """


# Making, changing, ending a cluster


@notify()
def update_infra(cluster: Cluster) -> None:
    """Change what the provider is about to make. Kept for the SPI; no built-in plugin uses it.

    Called: before machines exist.

    Args:
        cluster: the cluster.
    """


@notify(required=PROVISIONING_ONLY)
def configure_cluster(cluster: Cluster, run: Run) -> None:
    """Install and configure everything on the machines. Must converge: called again, it finishes the job.

    Called: when all machines of a new cluster are reachable.

    Args:
        cluster: the cluster with its instances connected.
        run: the operation.
    """


@notify(required=PROVISIONING_ONLY)
def start_cluster(cluster: Cluster, run: Run) -> None:
    """Start everything and return when it really works. May publish addresses in ``cluster.info``.

    Called: after ``configure_cluster``. Must converge.

    Args:
        cluster: the cluster.
        run: the operation.
    """


@notify()
def scale_cluster(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Configure new instances and start what belongs on them, leaving the others alone.

    Called: when a cluster was scaled up. Where no plugin implements it, scaling is refused before anything is touched.

    Args:
        cluster: the cluster, the new instances among its own.
        instances: the new ones.
        run: the operation.
    """


@notify(order=Order.AUXILIARIES_FIRST)
def decommission_nodes(cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
    """Drain instances: return only when nothing is lost by removing their machines.

    Called: before machines are removed by scaling down. Prove the drain from strictly parsed evidence; what cannot be
    parsed is not drained. Raising keeps the machines.

    Args:
        cluster: the cluster, still with those instances.
        instances: the ones that will be removed.
        run: the operation.
    """


@notify()
def reconfigure_cluster(cluster: Cluster, changes: Changes, run: Run) -> None:
    """Bring new values into force, one step at a time. Must converge: called again, it finishes the step.

    Called: on a running cluster, once for each of ``changes.steps``, in order; ``changes.step`` is the one to be done
    now. A step touches no process but its own, and returns only when the framework itself says that they are back:
    the next step is not begun before, and none after one that raised. Where the plugin of a config does not implement
    it, changes that disturb anything are refused before anything is touched.

    Args:
        cluster: the cluster with its new values.
        changes: what changes; ``step.instances_with(process, cluster)`` tells what is touched now.
        run: the operation.
    """


@notify(order=Order.AUXILIARIES_FIRST, isolated=True)
def on_terminate_cluster(cluster: Cluster, run: Run) -> None:
    """Clean up what outlives the machines.

    Called: before the machines of a cluster are removed. A failure is recorded and never stops the deletion.

    Args:
        cluster: the cluster.
        run: the operation.
    """


# A running cluster


@collect(merging.health_checks)
def get_health_checks(cluster: Cluster) -> Sequence[HealthCheck]:
    """Tell what to look at to know how the cluster is.

    Called: for each health report, with the instances connected.

    Args:
        cluster: the cluster.

    Returns:
        Checks; they run in parallel.
    """


@select()
def get_edp_engine(cluster: Cluster, job_type: str) -> JobEngine | None:
    """Give the engine that runs a type of jobs on a cluster.

    Called: for every use of a job: submit, poll, cancel, output.

    Args:
        cluster: the cluster.
        job_type: one of the :class:`~serai.hookspec.edp.JobType` strings.

    Returns:
        The engine, or None when this plugin has none for the type.
    """


@collect(merging.job_types, pure=True)
def get_edp_job_types(versions: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Tell the types of jobs each version runs.

    Called: when plugins are listed.

    Args:
        versions: the versions asked about; empty for all.

    Returns:
        Version to job types.
    """


@select(pure=True)
def get_edp_config_hints(job_type: str, version: str) -> Mapping[str, Any] | None:
    """Tell what a user may set for a type of jobs.

    Called: when plugins are listed.

    Args:
        job_type: one of the :class:`~serai.hookspec.edp.JobType` strings.
        version: the plugin's version.

    Returns:
        ``{"job_config": {"configs": […], "params": {}, "args": []}}``, or None.
    """


# Images


@collect(merging.image_arguments, pure=True)
def get_image_arguments(hadoop_version: str) -> Sequence[ImageArgument]:
    """Tell the arguments of the image generator.

    Not implementing it means there is no generator; ``[]`` means that it takes no arguments.

    Called: by the image commands.

    Args:
        hadoop_version: one of ``get_versions()``.

    Returns:
        Arguments.
    """


@notify()
def pack_image(hadoop_version: str, remote: Remote, test_only: bool, image_arguments: Mapping[str, str]) -> None:
    """Make an image ready for clusters, in place.

    Called: by the image commands.

    Args:
        hadoop_version: one of ``get_versions()``.
        remote: the image.
        test_only: only tell what is missing.
        image_arguments: values of ``get_image_arguments``.
    """


@notify()
def validate_images(cluster: Cluster, test_only: bool, image_arguments: Mapping[str, str]) -> None:
    """Check that machines are what the plugin needs; unless ``test_only``, mend what is not.

    Called: on new machines before they are configured, also those added by scaling.

    Args:
        cluster: the cluster.
        test_only: only check.
        image_arguments: values of ``get_image_arguments``; empty in a running engine.

    Raises:
        SeraiError: a machine does not fit.
    """
