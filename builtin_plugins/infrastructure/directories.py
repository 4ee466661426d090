"""The machines of this host as directories: ``<root>/<cluster>/<machine>/machine.json``, and nothing beside."""

import json
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from serai.builtin_plugins.infrastructure.addresses import free_addresses, listened_here
from serai.builtin_plugins.infrastructure.host import current_user
from serai.builtin_plugins.infrastructure.locking import held
from serai.builtin_plugins.infrastructure.removal import remove
from serai.hookspec.errors import SeraiError
from serai.hookspec.infrastructure import Machine, MachineRequest

ROOT_VARIABLE: Final = "SERAI_LOCAL_ROOT"
_RECORD: Final = "machine.json"
_UNFINISHED: Final = ".new-"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LOCK_TIMEOUT: Final = 60.0


def default_root() -> Path:
    """``$SERAI_LOCAL_ROOT``, else ``$XDG_STATE_HOME/serai/local``, below ``~/.local/state`` when that is not set."""
    given = os.environ.get(ROOT_VARIABLE)
    if given:
        return Path(given)
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state") / "serai" / "local"


class Directories:
    """The machines below one root. What is on disk is all there is to know, so that any process may take over.

    Args:
        root: an absolute path; made when the first machine is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, machine: Machine) -> Path:
        """The directory of a machine, which is its prefix."""
        return self.root / machine.cluster_id / machine.name

    def machines(self, cluster_id: str) -> list[Machine]:
        """The machines of a cluster, or with ``""`` of all, by name."""
        pattern = f"{_checked(cluster_id)}/*" if cluster_id else "*/*"
        records = self.root.glob(f"{pattern}/{_RECORD}")
        found = [machine for record in records if (machine := _read(record)) is not None]
        return sorted(found, key=lambda machine: (machine.name, machine.cluster_id))

    def machine(self, cluster_id: str, name: str) -> Machine | None:
        """One machine by name; None when it is not there."""
        return _read(self.root / _checked(cluster_id) / _checked(name) / _RECORD)

    def create(self, cluster_id: str, requests: Sequence[MachineRequest]) -> list[Machine]:
        """Make machines; those whose token is known already are given back as they are.

        Raises:
            SeraiError: a name is taken by a machine with another token, or cannot be one.
            DeadlineExceeded: another process did not let go of the root in time.
        """
        names = [_checked(request.name) for request in requests]
        cluster = self.root / _checked(cluster_id)
        cluster.mkdir(parents=True, exist_ok=True)
        with held(self.root, timeout=_LOCK_TIMEOUT):
            # Removed meanwhile, if its last machine was.
            cluster.mkdir(exist_ok=True)
            everywhere = self.machines("")
            known = {machine.client_token: machine for machine in everywhere if machine.cluster_id == cluster_id}
            taken = {machine.internal_ip for machine in everywhere} | listened_here()
            addresses = free_addresses(os.fspath(self.root), taken)
            for request, name in zip(requests, names, strict=True):
                if request.client_token not in known:
                    address = next(addresses)
                    known[request.client_token] = _make(cluster, name, request, address)
        return [known[request.client_token] for request in requests]

    def remove(self, machine: Machine) -> str:
        """Remove the directory of a machine; gives the reason when something is left, else ``""``."""
        directory = self.path(machine)
        # The record goes last: while anything is left the machine is still known, and keeps its address.
        reasons = (remove(entry) for entry in _entries(directory) if entry.name != _RECORD)
        left = [reason for reason in reasons if reason]
        return "; ".join(left) or remove(directory)

    def prune(self, cluster_id: str) -> None:
        """Remove a cluster's directory, if no machine is left in it."""
        cluster = self.root / _checked(cluster_id)
        if not cluster.is_dir():
            return
        with held(self.root, timeout=_LOCK_TIMEOUT):
            for entry in _entries(cluster):
                if entry.name.startswith(_UNFINISHED):
                    remove(entry)
                with suppress(OSError):
                    entry.rmdir()
            with suppress(OSError):
                cluster.rmdir()


def _make(cluster: Path, name: str, request: MachineRequest, address: str) -> Machine:
    """Make a machine's directory whole, and only then give it its name."""
    machine = Machine(
        machine_id=str(uuid4()),
        name=name,
        client_token=request.client_token,
        cluster_id=cluster.name,
        internal_ip=address,
        management_ip=address,
        username=current_user(),
        fqdn=name,
        info={"directory": os.fspath(cluster / name), "node_group": request.node_group},
    )
    unfinished = cluster / f"{_UNFINISHED}{machine.machine_id}"
    unfinished.mkdir()
    (unfinished / _RECORD).write_text(_document(machine))
    try:
        unfinished.rename(cluster / name)
    except OSError as error:
        remove(unfinished)
        raise SeraiError(
            f"there is a machine {name} already: {error}", code="MACHINE_EXISTS", place=os.fspath(cluster / name)
        ) from error
    return machine


_FIELDS: Final = ("machine_id", "name", "client_token", "cluster_id", "internal_ip", "username", "info")


def _document(machine: Machine) -> str:
    return json.dumps({field: getattr(machine, field) for field in _FIELDS}, indent=2) + "\n"


def _read(record: Path) -> Machine | None:
    """A machine from its record; None when it is being removed, or the file is not one of ours."""
    try:
        values = json.loads(record.read_text())
        known = {field: values[field] for field in _FIELDS}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Machine(**known, management_ip=known["internal_ip"], fqdn=known["name"])


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise SeraiError(f"not the name of a directory: {name!r}", code="INVALID_NAME", place=name)
    return name


def _entries(directory: Path) -> list[Path]:
    with suppress(FileNotFoundError, NotADirectoryError):
        return list(directory.iterdir())
    return []
