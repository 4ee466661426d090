"""The claim file: a host's own note of which cluster has it, for engines that do not share a store."""

import json
import re
import socket
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from serai.builtin_plugins.infrastructure.ssh.holding import Holding
from serai.hookspec.access import Access, Claim
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import CommandFailed, SeraiError
from serai.hookspec.remote import Remote

CLAIM_FILE: Final = "/var/tmp/serai.claim"  # noqa: S108 - it outlives a reboot, and every login can make it; see TAKE
"""Where it is, on every host."""

HELD: Final = 3
"""Status of :data:`TAKE` when another has the host; its claim file is the output."""

TAKE: Final = r"""
set -u
claim=$1 token=$2
shift 2
new=$(mktemp "$claim.XXXXXX") || exit 1
trap 'rm -f -- "$new"' EXIT
trap 'exit 143' HUP INT TERM
# The sticky bit keeps those who tidy up /var/tmp away from it.
cat >"$new" && chmod 1644 "$new" || exit 1
# Linking is what only one can do, and whoever looks finds the whole file; nor does it follow a link laid out there.
if ! said=$(link "$new" "$claim" 2>&1); then
    if [ ! -e "$claim" ] && [ ! -L "$claim" ]; then
        printf '%s\n' "$said" >&2
        exit 1
    fi
    if ! grep -qsF -e "\"token\": \"$token\"" "$claim"; then
        cat "$claim" 2>/dev/null
        exit 3
    fi
fi
for directory; do
    mkdir -p -- "$directory" || exit 1
done
"""
"""Claims the host. Arguments: the claim file, the token, directories to make. Standard input: its content."""

_LIMIT: Final = 30.0
"""Seconds for a host, the connection included."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+")


@frozen
class Owner:
    """Who has a host, as its claim file tells.

    Attributes:
        cluster: the cluster's name; ``""`` when the file does not tell.
        cluster_id: its id.
        token: the client token of the machine; ``""`` when what is there cannot be one.
        engine: the host name of the engine that claimed it.
        since: when, as ISO 8601 in UTC.
    """

    cluster: str = ""
    cluster_id: str = ""
    token: str = ""
    engine: str = ""
    since: str = ""

    def __str__(self) -> str:
        if not self.cluster:
            return f"somebody, as {CLAIM_FILE} says without telling whom"
        engine = f" of an engine on {self.engine}" if self.engine else ""
        return f"cluster {self.cluster}{engine}{f' since {self.since}' if self.since else ''}"


def document(cluster: str, cluster_id: str, token: str) -> str:
    """The content of a claim file that is written now."""
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    owner = {
        "cluster": cluster,
        "cluster_id": cluster_id,
        "token": token,
        "engine": socket.gethostname(),
        "since": since,
    }
    return json.dumps(owner, indent=1) + "\n"


def owner_of(content: str) -> Owner:
    """Read a claim file. Anybody on the host may have written it: what it says is compared and shown, never trusted."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return Owner()
    told = {key: _told(said, key) for key in ("cluster", "cluster_id", "token", "engine", "since")}
    return Owner(**{**told, "token": told["token"] if _TOKEN.fullmatch(told["token"]) else ""})


def _told(said: Any, key: str) -> str:
    value = said.get(key) if isinstance(said, Mapping) else None
    return value if isinstance(value, str) and value.isprintable() and len(value) <= 200 else ""


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
    holdings = {holding.name: holding for holding in (Holding.of(claim.info) for claim in claims)}

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
