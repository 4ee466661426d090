"""The provider ``ssh``: machines are hosts of an inventory, reached over SSH and claimed for one cluster at a time."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Never, cast

from serai.builtin_plugins.infrastructure.ssh.choice import choose
from serai.builtin_plugins.infrastructure.ssh.claiming import take_hosts
from serai.builtin_plugins.infrastructure.ssh.holding import Holding, machine_of
from serai.builtin_plugins.infrastructure.ssh.hosts import free_host, list_stock
from serai.builtin_plugins.infrastructure.ssh.inventory import InventoryHost
from serai.builtin_plugins.infrastructure.ssh.machines import weakest
from serai.builtin_plugins.infrastructure.ssh.options import field_errors, option_errors
from serai.builtin_plugins.infrastructure.ssh.releasing import release_hosts
from serai.builtin_plugins.infrastructure.ssh.situation import Situation
from serai.builtin_plugins.infrastructure.ssh.stock import demanded_stock, read_stock
from serai.hookspec import hookimpl
from serai.hookspec.access import Access
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import Unreachable, ValidationFailed
from serai.hookspec.facts import Facts
from serai.hookspec.infrastructure import Host, Machine, MachineRequest
from serai.hookspec.remote import DirectEndpoint, Endpoint, Remote


class SshProvider:
    """Hosts that are there already: nothing is made, everything is claimed, and left as it was.

    What is known of hosts and claims is in the engine's store, the inventory and the hosts themselves.
    """

    @hookimpl
    def validate_infrastructure(self, cluster: Cluster, access: Access) -> Sequence[ValidationError]:
        errors = [*_option_errors(cluster), *field_errors(cluster)]
        if errors:
            return errors
        inventory = read_stock(cluster.infrastructure, access)
        return inventory.errors or choose(Situation.now(cluster, inventory.hosts, access)).errors

    @hookimpl
    def get_machine_facts(self, cluster: Cluster, node_group: NodeGroup, access: Access) -> Facts | None:
        if _option_errors(cluster) or (inventory := read_stock(cluster.infrastructure, access)).errors:
            return None
        situation = Situation.now(cluster, inventory.hosts, access)
        new = (host.name for host in choose(situation).hosts[node_group.name])
        names = {*situation.ledger.held(node_group), *new}
        return weakest([found.facts for name, found in situation.survey.answers.items() if name in names])

    @hookimpl
    def create_machines(
        self, cluster: Cluster, requests: Sequence[MachineRequest], access: Access
    ) -> Sequence[Machine]:
        errors = _option_errors(cluster)
        if errors:
            raise ValidationFailed(errors, what=f"cluster {cluster.name}")
        hosts = demanded_stock(cluster.infrastructure, access)
        return [machine_of(claim) for claim in take_hosts(cluster, requests, hosts, access)]

    @hookimpl
    def list_machines(self, cluster_id: str, access: Access) -> Sequence[Machine]:
        claims = access.claims.all().values()
        machines = [machine_of(claim) for claim in claims if cluster_id in ("", claim.cluster_id)]
        return sorted(machines, key=lambda machine: machine.name)

    @hookimpl
    def delete_machines(self, cluster_id: str, machine_ids: Sequence[str], access: Access) -> None:
        wanted = set(machine_ids)
        claims = access.claims.all().values()
        release_hosts(
            [claim for claim in claims if claim.cluster_id == cluster_id and claim.machine_id in wanted], access
        )

    @hookimpl
    def get_endpoint(self, cluster: Cluster, instance: Instance) -> Endpoint:
        holding = Holding.of(instance.nova_info)
        name = instance.instance_name
        if holding.fault:
            return DirectEndpoint(name, cast(Remote, _OutOfUse(name, holding.fault)))
        return holding.endpoint(name, prefix=holding.prefix, token=instance.client_token)

    @hookimpl
    def list_hosts(self, infrastructure: dict[str, Any], access: Access) -> Sequence[Host]:
        return list_stock(_demanded(infrastructure, access), access)

    @hookimpl
    def clean_host(self, infrastructure: dict[str, Any], name: str, access: Access) -> None:
        free_host(_demanded(infrastructure, access), name, access)


class _OutOfUse:
    """Stands where the connection to a host would be; says to whoever asks it for something why it cannot be had.

    The host may answer again by now. It does not carry the cluster's claim, so nothing is to be done on it.

    Args:
        host: the instance's name.
        fault: why the host could not be taken into use.
    """

    def __init__(self, host: str, fault: str) -> None:
        self._host = host
        self._fault = fault

    def __getattr__(self, name: str) -> Never:
        raise Unreachable(
            f"could not be taken into use when hosts were claimed: it {self._fault}",
            host=self._host,
            hint="scale its node group to its count, and another host, or this one, is claimed in its place",
        )


def _option_errors(cluster: Cluster) -> list[ValidationError]:
    return list(option_errors(cluster.infrastructure, [group.name for group in cluster.node_groups]))


def _demanded(infrastructure: Mapping[str, Any], access: Access) -> Sequence[InventoryHost]:
    """The hosts of the inventory that options name; the other options concern clusters."""
    options = {key: infrastructure[key] for key in ("provider", "inventory") if key in infrastructure}
    errors = list(option_errors(options, ()))
    if errors:
        raise ValidationFailed(errors, what="the options of the provider 'ssh'")
    return demanded_stock(options, access)


SSH: Final = SshProvider()
