"""Giving hosts back: cleaned first, and only then free in the store."""

from collections.abc import Mapping, Sequence

from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE
from serai.builtin_plugins.infrastructure.ssh.cleaning import LIMIT, clean
from serai.builtin_plugins.infrastructure.ssh.holding import Holding
from serai.hookspec.access import Access, Claim
from serai.hookspec.errors import SeraiError, briefly
from serai.hookspec.remote import Remote


def release_hosts(claims: Sequence[Claim], access: Access) -> None:
    """Clean hosts and give up the claims on them; a host on which nothing was ever done is not bothered.

    Args:
        claims: the claims.
        access: what the engine lends.

    Raises:
        SeraiError: something is left on a host, whose claim is kept; the others are free.
    """
    holdings = {claim.machine_id: Holding.of(claim.info) for claim in claims}
    tokens = {claim.machine_id: claim.token for claim in claims}

    def clean_one(remote: Remote) -> None:
        holding = holdings[remote.host]
        clean(remote, tokens[remote.host], holding.directories, root=holding.root)

    endpoints = [holding.endpoint(name) for name, holding in holdings.items() if not holding.untouched]
    outcomes = access.each(endpoints, clean_one, step="clean hosts", timeout=LIMIT) if endpoints else {}
    failures = {name: outcome for name, outcome in outcomes.items() if outcome is not None}
    for name in holdings.keys() - failures.keys():
        access.claims.release(name)
    if failures:
        raise _left(holdings, failures)


def _left(holdings: Mapping[str, Holding], failures: Mapping[str, SeraiError]) -> SeraiError:
    lines = [
        f"{holdings[host].name} on {host} ({holdings[host].address}): {briefly(failures[host])}" for host in failures
    ]
    left = {host: [*holdings[host].directories, CLAIM_FILE] for host in failures}
    return SeraiError(
        f"not every host is clean: {'; '.join(lines)}",
        code="HOSTS_NOT_CLEAN",
        place=", ".join(failures),
        hint="see why, then delete again; forced, the cluster is forgotten, and the hosts keep what is on them",
        details={"hosts": {host: failures[host].to_dict() for host in failures}, "perhaps_left": left},
    )
