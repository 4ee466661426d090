"""What a cluster is to be: advice, checks, and what people must know before they agree. Nothing is touched."""

from collections.abc import Mapping, Sequence
from typing import Any

from serai.hookspec import merging
from serai.hookspec.changes import Changes
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config, Recommendation, UpdatePolicy, ValidationError
from serai.hookspec.semantics import collect, notify, select


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
