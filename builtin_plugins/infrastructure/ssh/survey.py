"""What the hosts are like now, found out once for everything that is decided by it."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import field, frozen

from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE, Owner, owner_of
from serai.builtin_plugins.infrastructure.ssh.holding import look_endpoint
from serai.builtin_plugins.infrastructure.ssh.inventory import InventoryHost
from serai.builtin_plugins.infrastructure.ssh.ledger import Ledger
from serai.builtin_plugins.infrastructure.ssh.names import names_to_know
from serai.builtin_plugins.infrastructure.ssh.paths import possible_bases
from serai.hookspec.access import Access, Findings, Inquiry
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import ConnectionLost, DeadlineExceeded, HostKeyRefused, SeraiError, Unreachable

LIMIT: Final = 30.0
"""Seconds for looking at a host, the connection included."""

SILENT: Final = (Unreachable, ConnectionLost, DeadlineExceeded)
"""Errors of a machine that may answer another time."""


@frozen
class Survey:
    """What was found on hosts.

    Attributes:
        found: what was found on each, or why nothing was.
    """

    found: Mapping[str, Findings | SeraiError] = field(factory=dict)

    @property
    def answers(self) -> Mapping[str, Findings]:
        """What was found, on the hosts that answered."""
        return {host: found for host, found in self.found.items() if isinstance(found, Findings)}

    @property
    def refused(self) -> Mapping[str, HostKeyRefused]:
        """The hosts that could not prove who they are."""
        return {host: found for host, found in self.found.items() if isinstance(found, HostKeyRefused)}

    def findings(self, host: str) -> Findings | None:
        """What was found on a host; None when nothing was."""
        found = self.found.get(host)
        return found if isinstance(found, Findings) else None

    def silence(self, host: str) -> str:
        """Why a host does not answer; ``""`` for one that does, or was not asked."""
        found = self.found.get(host)
        return f"cannot be reached: {found.message}" if isinstance(found, SILENT) else ""

    def owner(self, host: str) -> Owner | None:
        """Who has a host by its claim file; None when there is none."""
        findings = self.findings(host)
        content = None if findings is None else findings.files.get(CLAIM_FILE)
        return None if content is None else owner_of(content)


def survey_for(ledger: Ledger, hosts: Sequence[InventoryHost], access: Access) -> Survey:
    """Look at the hosts that a cluster has or may get, in one round trip each.

    Once in a validation or an operation; anew where the cluster has given hosts back since, or got some.

    Args:
        ledger: the cluster, and who has hosts.
        hosts: those of the inventory.
        access: what the engine lends.
    """
    own = ledger.own

    def look() -> Survey:
        candidates = [host for host in hosts if ledger.others(host.name) is None]
        endpoints = {host.name: look_endpoint(host) for host in candidates}
        # One it has taken into use is held to the keys it had then, whatever the inventory says by now.
        endpoints |= {name: holding.endpoint(name) for name, holding in own.items() if not holding.fault}
        return Survey(access.look(list(endpoints.values()), inquiry(ledger.cluster, candidates, access), timeout=LIMIT))

    return access.once(f"ssh survey {sorted(own)}", look)


def inquiry(cluster: Cluster, hosts: Sequence[InventoryHost], access: Access) -> Inquiry:
    """What to look at, the same on every host: which of them a node group gets depends on the answers."""
    groups = cluster.node_groups
    return Inquiry(
        ports=tuple(sorted({port for group in groups for port in access.open_ports(group)})),
        names=names_to_know(hosts),
        files=(CLAIM_FILE,),
        directories=possible_bases(hosts),
        root=any(access.root_commands(group) for group in groups),
    )
