"""Which hosts a cluster gets, and everything that stands against it. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from serai.builtin_plugins.infrastructure.ssh import shortage
from serai.builtin_plugins.infrastructure.ssh.inventory import PATH, InventoryHost
from serai.builtin_plugins.infrastructure.ssh.names import name_reasons
from serai.builtin_plugins.infrastructure.ssh.picking import Demand, Offer, Standing, pick
from serai.builtin_plugins.infrastructure.ssh.situation import Situation
from serai.hookspec.cluster import NodeGroup
from serai.hookspec.configs import ValidationError
from serai.hookspec.places import group_path

Reasons = Mapping[str, Mapping[str, Sequence[str]]]
"""Why hosts are not good for node groups: by host, by group."""


@frozen
class Choice:
    """What a cluster gets.

    Attributes:
        hosts: the hosts it is to get, by node group.
        errors: what stands against it.
    """

    hosts: Mapping[str, tuple[InventoryHost, ...]]
    errors: tuple[ValidationError, ...] = ()


def choose(situation: Situation, wanted: Mapping[str, int] | None = None) -> Choice:
    """Choose hosts for a cluster.

    Args:
        situation: what there is.
        wanted: how many more each node group is to get; as many as it lacks when None.
    """
    demands = [_demand(situation, group, wanted) for group in situation.cluster.node_groups]
    own = situation.ledger.own
    # What is to be given back is free by then; while machines are made it is free, or it is not.
    kept = own.keys() - situation.ledger.idle if wanted is None else own.keys()
    reasons = {host.name: situation.reasons(host) for host in situation.hosts if host.name not in kept}
    offers = [_offer(situation, host, reasons[host.name]) for host in situation.hosts if host.name in reasons]
    picked = pick(demands, offers, list(_standing(situation)))
    by_name = {host.name: host for host in situation.hosts}
    errors = [
        *_refusals(situation),
        *_shortages(situation, demands, picked, reasons),
        *_name_errors(situation, {*kept, *(name for names in picked.values() for name in names)}),
    ]
    hosts = {group: tuple(by_name[name] for name in names) for group, names in picked.items()}
    return Choice(hosts, tuple(errors))


def _demand(situation: Situation, group: NodeGroup, wanted: Mapping[str, int] | None) -> Demand:
    lacking = max(0, group.count - len(situation.ledger.held(group)))
    count = lacking if wanted is None else wanted.get(group.name, 0)
    return Demand(group.name, count, situation.ledger.spare(group), _apart(situation, group))


def _apart(situation: Situation, group: NodeGroup) -> frozenset[str]:
    return frozenset(group.node_processes) & frozenset(situation.cluster.anti_affinity)


def _offer(situation: Situation, host: InventoryHost, reasons: Mapping[str, Sequence[str]]) -> Offer:
    fits = frozenset(group for group, why in reasons.items() if not why)
    return Offer(host.name, fits, host.rack, not situation.survey.silence(host.name))


def _standing(situation: Situation) -> Iterator[Standing]:
    apart = {group.name: _apart(situation, group) for group in situation.cluster.node_groups}
    idle = situation.ledger.idle
    for name, holding in situation.ledger.own.items():
        if name not in idle:
            yield Standing(holding.rack, apart.get(holding.node_group, frozenset()))


def _refusals(situation: Situation) -> Iterator[ValidationError]:
    """Hosts that could not prove who they are: nothing is done before a person has looked."""
    for index, host in enumerate(situation.hosts):
        refused = situation.survey.refused.get(host.name)
        if refused is not None:
            path = f"{PATH}.hosts[{index}].host_key"
            message = f"{host.name}: {refused.message}"
            yield ValidationError(error_message=message, path=path, code=refused.code, hint=refused.hint)


def _shortages(
    situation: Situation, demands: Sequence[Demand], picked: Mapping[str, Sequence[str]], reasons: Reasons
) -> Iterator[ValidationError]:
    users = {host: group for group, hosts in picked.items() for host in hosts}
    for demand in demands:
        found = len(picked[demand.group])
        if found < demand.count:
            why = {
                host: list(_why_not(situation, host, demand, by_group[demand.group], users.get(host, "")))
                for host, by_group in reasons.items()
                if users.get(host) != demand.group
            }
            yield ValidationError(
                error_message=shortage.shortage(demand.group, demand.count, found, why),
                path=f"{group_path(situation.cluster.node_group(demand.group))}.count",
                code=shortage.CODE,
                hint=shortage.HINT,
            )


def _why_not(situation: Situation, host: str, demand: Demand, reasons: Sequence[str], user: str) -> Iterator[str]:
    yield from reasons
    if silence := situation.survey.silence(host):
        yield silence
    if user and not reasons:
        yield f"goes to node group {user}"


def _name_errors(situation: Situation, names: set[str]) -> Iterator[ValidationError]:
    members = [host for host in situation.hosts if host.name in names]
    index_of = {host.name: index for index, host in enumerate(situation.hosts)}
    for host, reason in name_reasons(members, situation.survey.answers):
        yield ValidationError(
            error_message=f"{host.name}: {reason}",
            path=f"{PATH}.hosts[{index_of[host.name]}].internal_address",
            code="HOST_NAME_UNKNOWN",
            hint="have each host know the others' names (DNS, /etc/hosts), or give IP addresses",
        )
