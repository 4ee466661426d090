"""The inventory of a cluster's options, read from its file: once in a validation or an operation."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from serai.builtin_plugins.infrastructure.ssh.inventory import PATH, Inventory, InventoryHost, read_inventory
from serai.hookspec.access import Access
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import SeraiError, ValidationFailed


def read_stock(infrastructure: Mapping[str, Any], access: Access) -> Inventory:
    """The inventory, or every mistake in it.

    Args:
        infrastructure: the options, as in a cluster's document; they name the file.
        access: what the engine lends.
    """

    def read() -> Inventory:
        try:
            document = access.document(infrastructure["inventory"])
        except SeraiError as error:
            return Inventory((), tuple(_unreadable(error)))
        inventory = read_inventory(document)
        return inventory if inventory.errors else Inventory(inventory.hosts, tuple(_missing_files(inventory.hosts)))

    return access.once(f"ssh inventory {infrastructure['inventory']}", read)


def demanded_stock(infrastructure: Mapping[str, Any], access: Access) -> Sequence[InventoryHost]:
    """The hosts of the inventory.

    Raises:
        ValidationFailed: with every mistake in it.
    """
    inventory = read_stock(infrastructure, access)
    if inventory.errors:
        raise ValidationFailed(inventory.errors, what=f"inventory {infrastructure['inventory']}")
    return inventory.hosts


def _unreadable(error: SeraiError) -> Iterator[ValidationError]:
    if isinstance(error, ValidationFailed):
        for each in error.errors:
            path = f"{PATH}.{each.path}" if each.path else PATH
            yield ValidationError(error_message=each.error_message, path=path, code=each.code, hint=each.hint)
    else:
        yield ValidationError(error_message=str(error), path=PATH, code=error.code, hint=error.hint)


def _missing_files(hosts: Sequence[InventoryHost]) -> Iterator[ValidationError]:
    """Files of this machine that ssh needs: without a key it would try others, and say only that it was refused."""
    seen: set[str] = set()
    for index, host in enumerate(hosts):
        for key in ("identity_file", "config_file"):
            path = getattr(host, key)
            if path and path not in seen and not os.access(path, os.R_OK):
                there = "cannot be read by this process" if os.path.exists(path) else "does not exist"
                yield ValidationError(
                    error_message=f"{path} {there}", path=f"{PATH}.hosts[{index}].{key}", code="FILE_MISSING"
                )
            seen.add(path)
