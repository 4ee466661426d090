"""An infrastructure provider, with one typed method per hook."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, Final, TypeVar

from serai.engine.plugins.dispatch import HookCall, LoadedPlugin, hook_calls
from serai.engine.plugins.guard import guarded
from serai.engine.plugins.limits import Limit
from serai.hookspec import infrastructure
from serai.hookspec.access import Access
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import InvalidResult
from serai.hookspec.facts import Facts
from serai.hookspec.infrastructure import Host, Machine, MachineRequest
from serai.hookspec.remote import Endpoint

T = TypeVar("T")


class Provider:
    """Where machines come from.

    Args:
        plugin: the provider's plugin.
        access: what its hooks are lent; None for one that is only looked at, until :meth:`using` lends something.
    """

    def __init__(self, plugin: LoadedPlugin, access: Access | None = None) -> None:
        self.plugin: Final = plugin
        self.name: Final = plugin.name
        self._access = access
        self._calls = hook_calls(infrastructure, [plugin])

    def using(self, access: Access) -> "Provider":
        """The same provider, its hooks lent something."""
        provider = copy(self)
        provider._access = access
        return provider

    def within(self, limit: Limit) -> "Provider":
        """The same provider, the calls of its hooks limited."""
        provider = copy(self)
        provider._calls = {name: call.within(limit) for name, call in self._calls.items()}
        return provider

    def implements(self, hook: str) -> bool:
        """Whether the provider implements a hook."""
        return bool(self._calls[hook].plugins)

    def validate_infrastructure(self, cluster: Cluster) -> list[ValidationError]:
        """What is wrong with what the cluster asks of the provider."""
        with self._guarded(cluster, "validate_infrastructure") as call:
            errors: list[ValidationError] = call.collect(cluster=cluster, access=self._access)
        return errors

    def get_machine_facts(self, cluster: Cluster, node_group: NodeGroup) -> Facts | None:
        """What the machines of a node group will be like, or None."""
        with self._guarded(cluster, "get_machine_facts") as call:
            facts = call.select(cluster=cluster, node_group=node_group, access=self._access)
        return None if facts is None else self._checked("get_machine_facts", facts, Facts)

    def create_machines(self, cluster: Cluster, requests: Sequence[MachineRequest]) -> list[Machine]:
        """Make machines, one for each request and in that order."""
        with self._guarded(cluster, "create_machines") as call:
            answer = call.select(cluster=cluster, requests=tuple(requests), access=self._access)
        machines = self._listed("create_machines", answer, Machine)
        if [machine.client_token for machine in machines] != [request.client_token for request in requests]:
            raise self._invalid("create_machines", "one machine for each request, in their order")
        return machines

    def list_machines(self, cluster_id: str) -> list[Machine]:
        """The machines of a cluster; of all clusters for ``""``."""
        answer = self._calls["list_machines"].select(cluster_id=cluster_id, access=self._access)
        return self._listed("list_machines", answer, Machine)

    def delete_machines(self, cluster_id: str, machine_ids: Sequence[str]) -> None:
        """Remove machines."""
        self._calls["delete_machines"].notify(
            cluster_id=cluster_id, machine_ids=tuple(machine_ids), access=self._access
        )

    def list_hosts(self, options: dict[str, Any]) -> list[Host]:
        """The machines of the provider's stock."""
        answer = self._calls["list_hosts"].select(infrastructure=options, access=self._access)
        return self._listed("list_hosts", answer, Host)

    def clean_host(self, options: dict[str, Any], name: str) -> None:
        """Make a host free again that no cluster has."""
        self._calls["clean_host"].notify(infrastructure=options, name=name, access=self._access)

    def get_endpoint(self, cluster: Cluster, instance: Instance) -> Endpoint:
        """How to reach an instance."""
        with self._guarded(cluster, "get_endpoint") as call:
            answer = call.select(cluster=cluster, instance=instance)
        if not isinstance(answer, Endpoint):
            raise self._invalid("get_endpoint", "an endpoint")
        return answer

    @contextmanager
    def _guarded(self, cluster: Cluster, hook: str) -> Iterator[HookCall]:
        """The hook, with what it may not change on the cluster guarded."""
        call = self._calls[hook]
        with guarded(cluster, call):
            yield call

    def _listed(self, hook: str, answer: Any, kind: type[T]) -> list[T]:
        if not isinstance(answer, list | tuple):
            raise self._invalid(hook, f"a list of {kind.__name__}")
        return [self._checked(hook, item, kind) for item in answer]

    def _checked(self, hook: str, value: Any, kind: type[T]) -> T:
        if not isinstance(value, kind):
            raise self._invalid(hook, kind.__name__)
        return value

    def _invalid(self, hook: str, expected: str) -> InvalidResult:
        error = InvalidResult(f"{hook} must return {expected}", place=self.name)
        error.origin = self.plugin.origin(hook)
        return error


Lend = Callable[[Provider], Provider]
"""Gives the provider whose hooks can be called: the same one, lent something."""
