"""The hooks of infrastructure providers: where machines come from."""

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from serai.hookspec import merging
from serai.hookspec.access import Access, Claim
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import ValidationError
from serai.hookspec.facts import Facts
from serai.hookspec.remote import Endpoint
from serai.hookspec.semantics import Role, collect, notify, select
from serai.hookspec.sequences import strings

PROVIDER = (Role.INFRASTRUCTURE,)


@frozen
class MachineRequest:
    """A machine that is wanted.

    Attributes:
        name: ``<cluster>-<node group>-<index>``, unique in the cluster.
        node_group: name of the node group it is for.
        client_token: unique and chosen before the provider is asked; the provider stores it on the machine, and asked
            again with the same token gives the same machine.
    """

    name: str
    node_group: str
    client_token: str


@frozen
class Machine:
    """A machine that exists.

    Attributes:
        machine_id: the provider's identifier.
        name: as requested.
        client_token: as requested.
        cluster_id: the cluster it was made for.
        internal_ip, management_ip: its addresses; ``""`` while it has none.
        username: login of remote connections.
        fqdn: its full name in DNS, or its name.
        volumes: mount points of its volumes.
        info: whatever the provider knows, JSON-compatible and free of secrets; under ``rack``, where it stands.
    """

    machine_id: str
    name: str
    client_token: str
    cluster_id: str
    internal_ip: str = ""
    management_ip: str = ""
    username: str = ""
    fqdn: str = ""
    volumes: tuple[str, ...] = field(default=(), converter=strings)
    info: dict[str, Any] = field(factory=dict, hash=False)


@frozen
class Host:
    """A machine of a provider that has a finite stock of them.

    Attributes:
        name: what the provider calls it: a :attr:`Machine.machine_id`.
        address: where it is reached.
        tags: what it is good for.
        rack: where it stands; ``""`` when not known.
        facts: what it is like; None when it does not answer.
        claim: which cluster of this store has it; None when none has.
        note: why it cannot be used now, or who else has it; ``""`` when it is free or the claim says all.
    """

    name: str
    address: str
    tags: tuple[str, ...] = field(default=(), converter=strings)
    rack: str = ""
    facts: Facts | None = None
    claim: Claim | None = None
    note: str = ""


@collect(merging.validation_errors, roles=PROVIDER)
def validate_infrastructure(cluster: Cluster, access: Access) -> Sequence[ValidationError]:
    """Check what the cluster asks of the provider: its options, flavors, images, whether there is room.

    Where machines exist already, whether they are fit, too.

    Called: with the other validation, before anything is made; and before scaling.

    Args:
        cluster: the cluster as it is to be.
        access: connections to machines, claims on them, documents; lent while the hook is called.

    Returns:
        What is wrong; empty when nothing is.
    """


@select(roles=PROVIDER)
def get_machine_facts(cluster: Cluster, node_group: NodeGroup, access: Access) -> Facts | None:
    """Tell what the machines of a node group will be like, before they exist.

    Called: before recommendations and validation; the answer becomes ``node_group.facts``.

    Args:
        cluster: the cluster.
        node_group: the group.
        access: connections to machines, claims on them, documents; lent while the hook is called.

    Returns:
        Facts, or None when not known.
    """


@select(roles=PROVIDER, required=PROVIDER)
def create_machines(cluster: Cluster, requests: Sequence[MachineRequest], access: Access) -> Sequence[Machine]:
    """Make machines; return when they are asked for, reachable or not.

    Called: when a cluster is created or scaled up. Asked again with a token it knows, the provider returns the
    machine that has it. All or nothing is not needed: what exists when an error is raised is found by its token.

    Args:
        cluster: the cluster; ``cluster.infrastructure`` has the provider's options.
        requests: what is wanted.
        access: connections to machines, claims on them, documents; lent while the hook is called.

    Returns:
        The machines, in the order of the requests.
    """


@select(roles=PROVIDER, required=PROVIDER)
def list_machines(cluster_id: str, access: Access) -> Sequence[Machine]:
    """Tell the machines that exist, those half-made included.

    Called: to find what a crash left, and for orphans.

    Args:
        cluster_id: of which cluster; ``""`` for all that any engine made here.
        access: connections to machines, claims on them, documents; lent while the hook is called.

    Returns:
        Machines, ordered by name.
    """


@notify(roles=PROVIDER, required=PROVIDER)
def delete_machines(cluster_id: str, machine_ids: Sequence[str], access: Access) -> None:
    """Remove machines and all they hold. What does not exist is no error.

    Called: when a cluster is scaled down or ended.

    Args:
        cluster_id: whose.
        machine_ids: which.
        access: connections to machines, claims on them, documents; lent while the hook is called.

    Raises:
        SeraiError: something is left, saying what.
    """


@select(roles=PROVIDER, required=PROVIDER)
def get_endpoint(cluster: Cluster, instance: Instance) -> Endpoint:
    """Tell how to reach a machine.

    Called: whenever a connection is opened.

    Args:
        cluster: the cluster.
        instance: one of its instances.

    Returns:
        The endpoint.
    """


@select(roles=PROVIDER)
def list_hosts(infrastructure: dict[str, Any], access: Access) -> Sequence[Host]:
    """Tell all machines of the provider's stock, claimed or free, those that do not answer included.

    Called: for ``serai hosts``. Changes nothing.

    Args:
        infrastructure: the provider's options, as a cluster's document has them.
        access: connections to machines, claims on them, documents; lent while the hook is called.

    Returns:
        Hosts, ordered by name.
    """


@notify(roles=PROVIDER)
def clean_host(infrastructure: dict[str, Any], name: str, access: Access) -> None:
    """Make a host of the stock free again that no cluster of this store has.

    What was left running there ends; files and claims that were left on it go.

    Called: when a person asks for it. The engine refuses it for hosts that a cluster has.

    Args:
        infrastructure: the provider's options, as a cluster's document has them.
        name: the host's.
        access: connections to machines, claims on them, documents; lent while the hook is called.

    Raises:
        NotFound: there is no such host.
        SeraiError: something is left, saying what.
    """
