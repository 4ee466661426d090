"""Which hosts a cluster has, by the claims in the store. Pure."""

from collections.abc import Mapping

from attrs import frozen

from serai.builtin_plugins.infrastructure.ssh.holding import Holding
from serai.hookspec.access import Claim
from serai.hookspec.cluster import Cluster, NodeGroup


@frozen
class Ledger:
    """The claims, as one cluster sees them.

    Attributes:
        cluster: the cluster as it is to be; one that does not exist yet has no id, and no claims.
        claims: all claims, by host.
    """

    cluster: Cluster
    claims: Mapping[str, Claim]

    @property
    def own(self) -> dict[str, Holding]:
        """The hosts that the cluster has."""
        return {name: Holding.of(claim.info) for name, claim in self.claims.items() if self._is_own(claim)}

    def others(self, host: str) -> Claim | None:
        """The claim of another cluster on a host."""
        claim = self.claims.get(host)
        return None if claim is None or self._is_own(claim) else claim

    def _is_own(self, claim: Claim) -> bool:
        return bool(self.cluster.id) and claim.cluster_id == self.cluster.id

    @property
    def idle(self) -> set[str]:
        """Those that the cluster is about to give back: what it does without, and what exceeds a group's count."""
        groups = self.cluster.node_groups
        going = [each for group in groups for each in (*group.quarantined, *group.instances[group.count :])]
        return {instance.instance_id for instance in going}

    def held(self, group: NodeGroup) -> dict[str, Holding]:
        """The hosts that a node group has and keeps."""
        idle = self.idle
        return {name: each for name, each in self.own.items() if each.node_group == group.name and name not in idle}

    def spare(self, group: NodeGroup) -> int:
        """How many more hosts of a node group need not answer."""
        if group.min_ready is None:
            return 0
        out_of_use = sum(bool(holding.fault) for holding in self.held(group).values())
        return max(0, group.count - group.min_ready - out_of_use)
