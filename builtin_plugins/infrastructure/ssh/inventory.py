"""The inventory: which hosts there are, how they are reached and how they prove who they are."""

import os.path
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from serai.builtin_plugins.infrastructure.ssh import values
from serai.builtin_plugins.infrastructure.ssh.host_keys import parse_host_key
from serai.builtin_plugins.infrastructure.ssh.values import Check
from serai.hookspec.configs import ValidationError
from serai.hookspec.sequences import strings

PATH: Final = "infrastructure.inventory"
"""Where in a cluster's document the inventory is: what errors in it are told below."""

INVALID: Final = "INVENTORY_INVALID"
UNKNOWN_KEY: Final = "INVENTORY_UNKNOWN_KEY"
DUPLICATE: Final = "INVENTORY_DUPLICATE"
NO_HOST_KEY: Final = "INVENTORY_NO_HOST_KEY"


@frozen
class InventoryHost:
    """A host of the inventory.

    Attributes:
        name: what it is called; the id of its machine.
        address: the destination as ``ssh`` takes it.
        internal_address: IP address or name by which the other hosts reach it; ``""`` to find out.
        user, port, identity_file, config_file: as in :class:`serai.hookspec.remote.SshEndpoint`.
        host_keys: the keys it may prove itself with.
        first_contact: whether it is believed once when there are none.
        tags: what it is good for.
        rack: where it stands; ``""`` when not known.
        flavor: what kind of machine it is, as ``flavor_id`` of a node group asks for it.
        prefix: directory that clusters have theirs in, perhaps below ``~/``; ``""`` for the usual one.
        volumes: mount points of its disks for data.
    """

    name: str
    address: str
    internal_address: str = ""
    user: str = ""
    port: int = 0
    identity_file: str = ""
    config_file: str = ""
    host_keys: tuple[str, ...] = field(default=(), converter=strings)
    first_contact: bool = False
    tags: tuple[str, ...] = field(default=(), converter=strings)
    rack: str = ""
    flavor: str = ""
    prefix: str = ""
    volumes: tuple[str, ...] = field(default=(), converter=strings)


@frozen
class Inventory:
    """What an inventory document says.

    Attributes:
        hosts: its hosts, in its order; none when there are mistakes.
        errors: every mistake in it.
    """

    hosts: tuple[InventoryHost, ...]
    errors: tuple[ValidationError, ...] = ()


_SHARED: Final[Mapping[str, Check]] = {
    "user": values.user,
    "port": values.port,
    "identity_file": values.home_path,
    "config_file": values.home_path,
    "host_key": values.host_key,
    "first_contact": values.true_or_false,
    "tags": values.list_of(values.word),
    "rack": values.word,
    "flavor": values.word,
    "prefix": values.home_path,
    "volumes": values.list_of(values.path),
}
"""Fields that hosts may have in common: ``defaults`` may give them."""

_HOST: Final[Mapping[str, Check]] = {
    "name": values.name,
    "address": values.address,
    "internal_address": values.address,
    **_SHARED,
}
_REQUIRED: Final = ("name", "address")
_TRUST: Final = ("host_key", "first_contact")
_TOP: Final = ("defaults", "hosts")


def read_inventory(document: Any) -> Inventory:
    """Make an inventory of a document.

    Args:
        document: as parsed from YAML or JSON.

    Returns:
        The inventory, or every mistake in it.
    """
    if type(document) is not dict:
        return Inventory((), (_error("", "must be a mapping with the key 'hosts'"),))
    errors = list(_unknown_keys("", document, _TOP))
    shared = document.get("defaults", {})
    common, found = _fields(".defaults", shared, _SHARED)
    errors += found
    listed = document.get("hosts")
    if type(listed) is not list or not listed:
        return Inventory((), (*errors, _error(".hosts", f"must be a list of at least one host (got {listed!r})")))
    given: list[dict[str, Any]] = []
    for index, each in enumerate(listed):
        path = f".hosts[{index}]"
        own, found = _fields(path, each, _HOST)
        given.append({**common, **own})
        errors += found
        if type(each) is dict:
            errors += _missing(path, each, shared if type(shared) is dict else {}, given[-1])
    errors += _duplicates(given)
    return Inventory(() if errors else tuple(map(_host, given)), tuple(errors))


def _fields(path: str, document: Any, checks: Mapping[str, Check]) -> tuple[dict[str, Any], list[ValidationError]]:
    """The good fields of a mapping, and what is wrong with the others."""
    if type(document) is not dict:
        return {}, [_error(path, f"must be a mapping (got {document!r})")]
    good: dict[str, Any] = {}
    errors = list(_unknown_keys(path, document, checks))
    for key, value in document.items():
        if key in checks:
            flaws = list(checks[key](value))
            errors += [_error(f"{path}.{key}{flaw.step}", flaw.message, flaw.hint) for flaw in flaws]
            if not flaws:
                good[key] = value
    return good, errors


def _unknown_keys(path: str, document: Mapping[Any, Any], known: Any) -> Iterator[ValidationError]:
    for key in document:
        if key not in known:
            shown = key if isinstance(key, str) else repr(key)
            yield _error(path, f"has no key {shown!r}", values.meant(shown, known), code=UNKNOWN_KEY)


def _missing(
    path: str, document: Mapping[str, Any], common: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[ValidationError]:
    for key in _REQUIRED:
        if key not in document:
            yield _error(f"{path}.{key}", "must be given")
    # Of one that is there and wrong was told already.
    wrong = any((key in document or key in common) and key not in given for key in _TRUST)
    if not (wrong or "host_key" in given or given.get("first_contact")):
        yield _error(path, "has no host_key: nothing tells it from an impostor", _how_to_trust(given), code=NO_HOST_KEY)


def _how_to_trust(given: Mapping[str, Any]) -> str:
    port = f"-p {given['port']} " if "port" in given else ""
    return (
        f"'ssh-keyscan {port}-t ed25519 {given.get('address', 'ADDRESS')}' prints the line to give as host_key: compare"
        " the fingerprint that 'ssh-keygen -lf -' shows of it with the one that"
        " 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub' shows on the host's own console;"
        " or say 'first_contact: true' to believe the host once, and pin the key it shows"
    )


def _duplicates(given: list[dict[str, Any]]) -> Iterator[ValidationError]:
    names: dict[str, int] = {}
    addresses: dict[tuple[str, int], int] = {}
    for index, fields in enumerate(given):
        path = f".hosts[{index}]"
        if "name" in fields and (first := names.setdefault(fields["name"].lower(), index)) != index:
            yield _error(f"{path}.name", f"is the name of hosts[{first}] too (got {fields['name']!r})", code=DUPLICATE)
        if "address" in fields:
            place = (fields["address"].lower(), fields.get("port", 0))
            if (first := addresses.setdefault(place, index)) != index:
                message = f"is the address of hosts[{first}] too (got {fields['address']!r})"
                yield _error(f"{path}.address", message, "a host can be there once", code=DUPLICATE)


def _host(fields: Mapping[str, Any]) -> InventoryHost:
    known = dict(fields)
    keys = known.pop("host_key", [])
    for key in ("identity_file", "config_file"):
        if key in known:
            known[key] = os.path.expanduser(known[key])
    host_keys = [parse_host_key(each) for each in ([keys] if isinstance(keys, str) else keys)]
    return InventoryHost(**known, host_keys=dict.fromkeys(host_keys))


def _error(path: str, message: str, hint: str = "", *, code: str = INVALID) -> ValidationError:
    return ValidationError(error_message=message, path=f"{PATH}{path}", code=code, hint=hint)
