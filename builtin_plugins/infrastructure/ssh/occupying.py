"""Claiming hosts on the hosts themselves, all at once and in one round trip each."""

from collections.abc import Collection
from typing import Final

from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE, HELD, TAKE, Owner, document, owner_of
from serai.builtin_plugins.infrastructure.ssh.holding import Holding
from serai.hookspec.access import Access, Claim
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import CommandFailed, SeraiError
from serai.hookspec.remote import Remote

_LIMIT: Final = 30.0
"""Seconds for a host, the connection included."""


def occupy(cluster: Cluster, claims: Collection[Claim], access: Access) -> dict[str, Owner | SeraiError | None]:
    """Write the claim file on hosts, and make the cluster's directories there.

    Args:
        cluster: the cluster.
        claims: its claims on the hosts.
        access: what the engine lends.

    Returns:
        By the machine's name: None for a host that is the cluster's now, who has it where that is another, else what
        went wrong.
    """
    tokens = {Holding.of(claim.info).name: claim.token for claim in claims}
    holdings = {name: holding for claim in claims if (name := (holding := Holding.of(claim.info)).name)}

    def write(remote: Remote) -> Owner | None:
        token, holding = tokens[remote.host], holdings[remote.host]
        content = document(cluster.name, cluster.id, token)
        ended = remote.script(TAKE, CLAIM_FILE, token, *holding.directories, stdin=content, check=False, timeout=_LIMIT)
        if ended.status == HELD:
            return owner_of(ended.stdout)
        if ended.status != 0:
            raise CommandFailed(
                f"the host could not be claimed: {ended.stderr.strip()}",
                host=remote.host,
                hint="see whether there is space, and the right to write",
                details={"status": ended.status},
            )
        return None

    endpoints = [holding.endpoint(name) for name, holding in holdings.items()]
    return access.each(endpoints, write, step="claim hosts", timeout=_LIMIT) if endpoints else {}
