"""The provider ``local``: machines are directories and loopback addresses of this very machine."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from serai.builtin_plugins.infrastructure.checks import cluster_errors, root_errors
from serai.builtin_plugins.infrastructure.directories import Directories, default_root
from serai.builtin_plugins.infrastructure.host import read_facts
from serai.builtin_plugins.infrastructure.processes import MARK, end_processes
from serai.hookspec import hookimpl
from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import NotFound, SeraiError
from serai.hookspec.facts import Facts
from serai.hookspec.infrastructure import Machine, MachineRequest
from serai.hookspec.remote import Endpoint, LocalEndpoint


class LocalProvider:
    """Machines on this machine: each has a directory, an address of 127.0.0.0/8, and processes that carry its mark.

    Args:
        root: directory the machines live in; by default ``$SERAI_LOCAL_ROOT``, else below the user's state directory.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root

    @property
    def _directories(self) -> Directories:
        return Directories(self._root or default_root())

    @hookimpl
    def validate_infrastructure(self, cluster: Cluster) -> Sequence[ValidationError]:
        return [*root_errors(self._directories.root), *cluster_errors(cluster)]

    @hookimpl
    def get_machine_facts(self) -> Facts:
        return read_facts(self._directories.root)

    @hookimpl
    def create_machines(self, cluster: Cluster, requests: Sequence[MachineRequest]) -> Sequence[Machine]:
        try:
            return self._directories.create(cluster.id, requests)
        except OSError as error:
            raise SeraiError(
                f"machines cannot be made below {self._directories.root}: {error}",
                code="MACHINES_NOT_MADE",
                hint="free some space, or set SERAI_LOCAL_ROOT to another directory",
            ) from error

    @hookimpl
    def list_machines(self, cluster_id: str) -> Sequence[Machine]:
        return self._directories.machines(cluster_id)

    @hookimpl
    def delete_machines(self, cluster_id: str, machine_ids: Sequence[str]) -> None:
        directories = self._directories
        doomed = [machine for machine in directories.machines(cluster_id) if machine.machine_id in machine_ids]
        paths = [directories.path(machine) for machine in doomed]
        processes = end_processes(machine_ids, paths)
        if processes:
            raise _left({"processes": processes}, f"processes that do not end: {processes}")
        reasons = {machine.name: reason for machine in doomed if (reason := directories.remove(machine))}
        directories.prune(cluster_id)
        if reasons:
            raise _left({"directories": reasons}, "; ".join(f"{name}: {reason}" for name, reason in reasons.items()))

    @hookimpl
    def get_endpoint(self, cluster: Cluster, instance: Instance) -> Endpoint:
        directories = self._directories
        machine = directories.machine(cluster.id, instance.instance_name)
        if machine is not None and machine.machine_id == instance.instance_id:
            env = {MARK: machine.machine_id, "PATH": _path_with_this_python()}
            return LocalEndpoint(instance.instance_name, str(directories.path(machine)), env)
        recorded = instance.nova_info.get("directory")
        made_in = Path(recorded or directories.root)
        if recorded and made_in.exists() and made_in.parent.parent != directories.root:
            raise SeraiError(
                f"the machine of {instance.instance_name} is in {made_in}, not below {directories.root}",
                code="MACHINE_ELSEWHERE",
                place=instance.instance_name,
                hint=f"set SERAI_LOCAL_ROOT={made_in.parent.parent}",
            )
        raise NotFound(
            f"the machine of {instance.instance_name} is not below {self._directories.root}",
            code="MACHINE_NOT_FOUND",
            place=instance.instance_name,
            hint="somebody removed it; remove the cluster, too: serai down " + cluster.name,
        )


def _path_with_this_python() -> str:
    """PATH with this interpreter first: what was installed for it fits no other, and ``python3`` may be any."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def _left(details: dict[str, object], what: str) -> SeraiError:
    return SeraiError(
        f"something is left: {what}",
        code="MACHINES_NOT_REMOVED",
        details=details,
        hint="see why, then delete the cluster again",
    )


LOCAL: Final = LocalProvider()
