"""What is changed on a running cluster: values, and the steps in which they come into force."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.configs import Config, UpdatePolicy
from serai.hookspec.sequences import strings


@frozen
class ValueChange:
    """A config whose value changes.

    Attributes:
        config: which.
        old: the value that was in force; None for none. Secret ones are :class:`~serai.hookspec.secrets.Secret`.
        new: the value that is to be.
        node_groups: the node groups for which it changes.
        policy: what it takes until the new one is in force.
        processes: the processes that must take notice of it.
    """

    config: Config
    old: Any = field(repr=False)
    new: Any = field(repr=False)
    node_groups: tuple[str, ...] = field(converter=strings)
    policy: UpdatePolicy = field(converter=UpdatePolicy)
    processes: tuple[str, ...] = field(default=(), converter=strings)


def _by_process(processes: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {process: strings(instances) for process, instances in processes.items()}


@frozen
class Step:
    """One step of the way to the new values.

    Attributes:
        policy: what is done. ``live``: the new values are written wherever they belong, and nothing is disturbed.
            ``reload``, ``restart``, ``rolling``: that, to ``processes``. ``replace``: others are made in the place of
            instances, taken in with ``scale_cluster``, and those are drained with ``decommission_nodes`` and removed.
        processes: names of instances by the process that is touched on them, in the order processes start.
        instances: for ``replace``: the names of those that are replaced.
        goes_first: for ``replace``: the old ones leave before the new ones come, since there is no room for both.
    """

    policy: UpdatePolicy = field(converter=UpdatePolicy)
    processes: Mapping[str, tuple[str, ...]] = field(factory=dict, converter=_by_process, hash=False)
    instances: tuple[str, ...] = field(default=(), converter=strings)
    goes_first: bool = False

    def instances_with(self, process: str, cluster: Cluster) -> list[Instance]:
        """The instances on which a process is touched, in the cluster's order."""
        names = self.processes.get(process, ())
        return [instance for instance in cluster.instances if instance.instance_name in names]


@frozen
class Changes:
    """All that changes on a cluster, and what of it is to be done now.

    Attributes:
        values: every value that changes, once.
        steps: the way, in order.
        step: the one to be done now.
    """

    values: tuple[ValueChange, ...]
    steps: tuple[Step, ...]
    step: Step

    def at(self, step: Step) -> "Changes":
        """The same changes, at another step."""
        return evolve(self, step=step)

    def change_of(self, config: Config) -> tuple[ValueChange, ...]:
        """How the values of a config change; empty when they do not."""
        return tuple(change for change in self.values if change.config.key == config.key)
