"""What is kept with the claim on a host: all it takes to reach and clean it again, whatever the inventory says."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import asdict, evolve, field, fields, frozen

from serai.builtin_plugins.infrastructure.ssh.inventory import InventoryHost
from serai.hookspec.access import Claim, Findings
from serai.hookspec.infrastructure import Machine
from serai.hookspec.remote import SshEndpoint
from serai.hookspec.sequences import strings

MARK: Final = "SERAI_MACHINE"
"""Variable in the environment of everything that runs on a machine; its value is the machine's client token."""


@frozen
class Holding:
    """A host as a cluster has it.

    Attributes:
        name: the machine's name: its instance's.
        node_group: the group it is for.
        address, user, port, identity_file, config_file: how it is reached.
        host_keys: the keys it is held to, from the inventory or from the first contact.
        first_contact: whether they are from the first contact.
        rack: where it stands.
        prefix: directory of the cluster there; ``""`` when it did not answer.
        volumes: the cluster's directories on its data disks.
        internal_ip: address the other hosts use.
        username: the login there.
        fqdn: what the host calls itself.
        root: whether something of the cluster runs there as root.
        fault: why it could not be taken into use; ``""`` when it was.
        untouched: whether it is certain that nothing was done there.
    """

    name: str
    node_group: str
    address: str
    user: str = ""
    port: int = 0
    identity_file: str = ""
    config_file: str = ""
    host_keys: tuple[str, ...] = field(default=(), converter=strings)
    first_contact: bool = False
    rack: str = ""
    prefix: str = ""
    volumes: tuple[str, ...] = field(default=(), converter=strings)
    internal_ip: str = ""
    username: str = ""
    fqdn: str = ""
    root: bool = False
    fault: str = ""
    untouched: bool = False

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> "Holding":
        """The holding that :attr:`info` told; what it does not know is left out."""
        known = {attribute.name for attribute in fields(cls)}
        return cls(**{key: value for key, value in info.items() if key in known})

    @property
    def info(self) -> dict[str, Any]:
        """The holding as JSON-compatible data."""
        return asdict(self, value_serializer=lambda _, __, value: list(value) if isinstance(value, tuple) else value)

    @property
    def directories(self) -> tuple[str, ...]:
        """Everything the cluster has there is below these."""
        return tuple(filter(None, (self.prefix, *self.volumes)))

    def found(self, findings: Findings, *, internal_ip: str, prefix: str, volumes: Sequence[str]) -> "Holding":
        """The same, with what was found on the host: its login, and the keys of a first contact."""
        return evolve(
            self,
            host_keys=self.host_keys or findings.host_keys,
            first_contact=not self.host_keys,
            prefix=prefix,
            volumes=volumes,
            internal_ip=internal_ip,
            username=findings.facts.user or self.user,
            fqdn=findings.facts.hostname,
        )

    def out_of_use(self, fault: str, *, untouched: bool) -> "Holding":
        """The same, of a host that could not be taken into use."""
        return evolve(self, fault=fault, untouched=untouched)

    def endpoint(self, host: str, *, prefix: str = "", token: str = "") -> SshEndpoint:
        """How to reach it.

        Args:
            host: what errors call it.
            prefix: where things are on it; ``""`` to make nothing there.
            token: what everything that runs there is marked with, if anything.
        """
        return SshEndpoint(
            host=host,
            address=self.address,
            prefix=prefix,
            user=self.user,
            port=self.port,
            identity_file=self.identity_file,
            config_file=self.config_file,
            host_keys=self.host_keys,
            env={MARK: token} if token else {},
        )


def machine_of(claim: Claim) -> Machine:
    """The machine that a claim stands for."""
    holding = Holding.of(claim.info)
    return Machine(
        machine_id=claim.machine_id,
        name=holding.name,
        client_token=claim.token,
        cluster_id=claim.cluster_id,
        internal_ip=holding.internal_ip,
        management_ip=holding.address,
        username=holding.username,
        fqdn=holding.fqdn,
        volumes=holding.volumes,
        info=holding.info,
    )


def look_endpoint(host: InventoryHost) -> SshEndpoint:
    """How to look at a host of the inventory, making nothing there."""
    return SshEndpoint(
        host=host.name,
        address=host.address,
        user=host.user,
        port=host.port,
        identity_file=host.identity_file,
        config_file=host.config_file,
        host_keys=host.host_keys,
        first_contact=host.first_contact and not host.host_keys,
    )
