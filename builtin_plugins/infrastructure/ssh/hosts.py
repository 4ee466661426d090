"""The stock of hosts for people: what there is, and freeing a host by hand."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from serai.builtin_plugins.infrastructure.ssh.claim_file import CLAIM_FILE, Owner
from serai.builtin_plugins.infrastructure.ssh.cleaning import LIMIT as CLEANING_LIMIT
from serai.builtin_plugins.infrastructure.ssh.cleaning import clean
from serai.builtin_plugins.infrastructure.ssh.holding import Holding, look_endpoint
from serai.builtin_plugins.infrastructure.ssh.host_keys import fingerprint
from serai.builtin_plugins.infrastructure.ssh.inventory import InventoryHost
from serai.builtin_plugins.infrastructure.ssh.paths import cluster_directories
from serai.builtin_plugins.infrastructure.ssh.survey import LIMIT, Survey
from serai.hookspec.access import Access, Claim, Findings, Inquiry
from serai.hookspec.errors import NotFound, SeraiError
from serai.hookspec.infrastructure import Host
from serai.hookspec.remote import Remote, SshEndpoint

_CLUSTER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@frozen
class Entry:
    """A host of the stock.

    Attributes:
        host: as the inventory has it; as its cluster knows it, when the inventory does not name it any more.
        is_listed: whether the inventory names it.
        claim: which cluster of this store has it, if any.
    """

    host: InventoryHost
    is_listed: bool
    claim: Claim | None

    @property
    def holding(self) -> Holding | None:
        """The host as its cluster has it."""
        return None if self.claim is None else Holding.of(self.claim.info)

    @property
    def endpoint(self) -> SshEndpoint:
        """How to look at it: as the cluster that has taken it into use knows it, else as the inventory does."""
        holding = self.holding
        if holding is None or (self.is_listed and holding.untouched):
            return look_endpoint(self.host)
        return holding.endpoint(self.host.name)


def entries(hosts: Sequence[InventoryHost], access: Access) -> list[Entry]:
    """All hosts of an inventory, and those that clusters have though it does not name them any more, by name."""
    claims = access.claims.all()
    listed = [Entry(host, True, claims.get(host.name)) for host in hosts]
    names = {host.name for host in hosts}
    former = [Entry(_former(claim), False, claim) for name, claim in claims.items() if name not in names]
    return sorted([*listed, *former], key=lambda entry: entry.host.name)


def _former(claim: Claim) -> InventoryHost:
    holding = Holding.of(claim.info)
    return InventoryHost(name=claim.machine_id, address=holding.address, rack=holding.rack)


def list_stock(hosts: Sequence[InventoryHost], access: Access) -> list[Host]:
    """All hosts, looked at.

    Args:
        hosts: those of the inventory.
        access: what the engine lends.
    """
    stock = entries(hosts, access)
    inquiry = Inquiry(files=(CLAIM_FILE,))
    survey = Survey(access.look([entry.endpoint for entry in stock], inquiry, timeout=LIMIT))
    return [_told(entry, survey) for entry in stock]


def _told(entry: Entry, survey: Survey) -> Host:
    host, findings = entry.host, survey.findings(entry.host.name)
    return Host(
        name=host.name,
        address=host.address,
        tags=host.tags,
        rack=host.rack,
        facts=None if findings is None else findings.facts,
        claim=entry.claim,
        note="; ".join(_notes(entry, survey)),
    )


def _notes(entry: Entry, survey: Survey) -> Iterator[str]:
    name, claim, holding = entry.host.name, entry.claim, entry.holding
    found, owner = survey.found[name], survey.owner(name)
    if not entry.is_listed:
        yield "is not in the inventory any more"
    if isinstance(found, SeraiError):
        yield survey.silence(name) or f"[{found.code}] {found.message}"
    if owner is not None and (claim is None or owner.token != claim.token):
        yield f"{owner} has it"
    if holding is not None and holding.fault:
        yield f"out of use: it {holding.fault}"
    elif holding is not None and isinstance(found, Findings) and owner is None:
        yield f"{CLAIM_FILE} is gone from it"
    if holding is not None and holding.first_contact and holding.host_keys:
        yield f"believed at first contact: {', '.join(map(fingerprint, holding.host_keys))}"


def free_host(hosts: Sequence[InventoryHost], name: str, access: Access) -> None:
    """End what clusters left running on a host, and remove their files and claim files.

    As root where the login can be: another login may have left it.

    Args:
        hosts: those of the inventory.
        name: the host's.
        access: what the engine lends.

    Raises:
        NotFound: there is no such host.
        SeraiError: something is left, saying what.
    """
    entry = next((entry for entry in entries(hosts, access) if entry.host.name == name), None)
    if entry is None:
        raise NotFound(f"there is no host {name!r}", place=name, hint="'serai hosts' lists them")
    survey = Survey(access.look([entry.endpoint], Inquiry(files=(CLAIM_FILE,), root=True), timeout=LIMIT))
    found, owner = survey.found[name], survey.owner(name)
    if isinstance(found, SeraiError):
        raise found
    tenants = list(_tenants(entry, owner, found))

    def free(remote: Remote) -> None:
        root = not found.root_refused
        for token, directories in tenants:
            clean(remote, token, directories, root=root)
        if owner is not None and not owner.token:
            remote.run("rm", "-f", "--", CLAIM_FILE, root=root)

    outcome = access.each([entry.endpoint], free, step="clean host", timeout=CLEANING_LIMIT)[name]
    if outcome is not None:
        raise outcome


def _tenants(entry: Entry, owner: Owner | None, findings: Findings) -> Iterator[tuple[str, Sequence[str]]]:
    """Whom to clean up after, token and directories: who has the host by its claim file, then who by the store."""
    if owner is not None and owner.token:
        # Where its files are is not for the claim file to say: anybody on the host could have written it.
        is_name = _CLUSTER.fullmatch(owner.cluster)
        prefix, volumes = cluster_directories(entry.host, findings.facts, owner.cluster) if is_name else ("", ())
        yield owner.token, tuple(filter(None, (prefix, *volumes)))
    if entry.claim is not None and entry.holding is not None:
        yield entry.claim.token, entry.holding.directories
