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
    by_name = {Holding.of(claim.info).name: claim for claim in claims}
    holdings = {name: Holding.of(claim.info) for name, claim in by_name.items()}

    def clean_one(remote: Remote) -> None:
        holding = holdings[remote.host]
        clean(remote, by_name[remote.host].token, holding.directories, root=holding.root)

    endpoints = [holding.endpoint(name) for name, holding in holdings.items() if not holding.untouched]
    outcomes = access.each(endpoints, clean_one, step="clean hosts", timeout=LIMIT) if endpoints else {}
    failures = {name: outcome for name, outcome in outcomes.items() if outcome is not None}
    for name, claim in by_name.items():
        if name not in failures:
            access.claims.release(claim.machine_id)
    if failures:
        raise _left(by_name, failures)


def _left(claims: Mapping[str, Claim], failures: Mapping[str, SeraiError]) -> SeraiError:
    lines: list[str] = []
    left: dict[str, list[str]] = {}
    for name, failure in failures.items():
        host, holding = claims[name].machine_id, Holding.of(claims[name].info)
        lines.append(f"{name} on {host} ({holding.address}): {briefly(failure)}")
        left[host] = [*holding.directories, CLAIM_FILE]
    return SeraiError(
        f"not every host is clean: {'; '.join(lines)}",
        code="HOSTS_NOT_CLEAN",
        place=", ".join(failures),
        hint="see why, then delete again; forced, the cluster is forgotten, and the hosts keep what is on them",
        details={"hosts": {name: failure.to_dict() for name, failure in failures.items()}, "perhaps_left": left},
    )
