"""Everything that choosing hosts goes by, brought together from cluster, inventory, claims and a look at the hosts."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from serai.builtin_plugins.infrastructure.ssh.fitness import Wish, found_reasons, label_reasons
from serai.builtin_plugins.infrastructure.ssh.inventory import InventoryHost
from serai.builtin_plugins.infrastructure.ssh.ledger import Ledger
from serai.builtin_plugins.infrastructure.ssh.options import Options, Requirements
from serai.builtin_plugins.infrastructure.ssh.survey import Survey, survey_for
from serai.hookspec.access import Access
from serai.hookspec.cluster import Cluster, NodeGroup


@frozen
class Situation:
    """What a cluster wants, what there is, and who has it.

    Attributes:
        ledger: the cluster as it is to be, and who has hosts by the store.
        hosts: those of the inventory, in its order.
        wishes: what each node group wants of its hosts.
        survey: what was found on the hosts.
        lost: hosts that turned out not to be free, with the reason.
    """

    ledger: Ledger
    hosts: Sequence[InventoryHost]
    wishes: Mapping[str, Wish]
    survey: Survey
    lost: Mapping[str, str] = field(factory=dict)

    @classmethod
    def now(
        cls, cluster: Cluster, hosts: Sequence[InventoryHost], access: Access, lost: Mapping[str, str] | None = None
    ) -> "Situation":
        """The situation as it is now; hosts are looked at once in a validation or an operation."""
        ledger, options = Ledger(cluster, access.claims.all()), Options.of(cluster.infrastructure)
        wishes = {group.name: _wish(group, options, access) for group in cluster.node_groups}
        return cls(ledger, hosts, wishes, survey_for(ledger, hosts, access), lost or {})

    @property
    def cluster(self) -> Cluster:
        """The cluster as it is to be."""
        return self.ledger.cluster

    def reasons(self, host: InventoryHost) -> Mapping[str, Sequence[str]]:
        """Why each node group cannot have a host; empty lists where it can, perhaps though it does not answer."""
        if general := list(self._general_reasons(host)):
            return dict.fromkeys(self.wishes, general)
        findings = self.survey.findings(host.name)
        if findings is not None and host.name in self.ledger.own:
            findings = evolve(findings, ports_taken=())  # by services that will be gone by then
        return {
            group: [*label_reasons(wish, host), *(() if findings is None else found_reasons(wish, host, findings))]
            for group, wish in self.wishes.items()
        }

    def _general_reasons(self, host: InventoryHost) -> Iterator[str]:
        claim, owner = self.ledger.others(host.name), self.survey.owner(host.name)
        if host.name in self.lost:
            yield self.lost[host.name]
        elif claim is not None:
            yield f"is claimed by cluster {claim.cluster_name}"
        elif owner is not None and (owner.cluster_id != self.cluster.id or not self.cluster.id):
            yield f"{owner} has it"
        elif self.survey.findings(host.name) is None and not self.survey.silence(host.name):
            yield f"could not be looked at: {self.survey.found.get(host.name, 'nobody asked it')}"


def _wish(group: NodeGroup, options: Options, access: Access) -> Wish:
    return Wish(
        tags=options.tags.get(group.name, ()),
        flavor=group.flavor_id or "",
        require=options.require.get(group.name, Requirements()),
        ports=access.open_ports(group),
        root=bool(access.root_commands(group)),
        max_clock_skew=options.max_clock_skew,
    )
