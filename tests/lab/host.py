"""A host of the lab."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define

from lab import firewall
from lab.clock import Clock
from lab.disk import Disk
from lab.enclosure import Enclosure
from lab.firewall import Firewall, Ports
from lab.link import Link
from lab.sshd import Sshd
from lab.sudo import Sudo

CONTROLLER = "controller"
"""The name of this machine on the lab's network."""


@define(eq=False)
class Host:
    """A host: its own files, processes, name, and network, and an sshd. What can be wrong with it is a context each.

    Attributes:
        name: its hostname, by which the others know it too.
        address: IPv4.
        rack: where it would stand.
        enclosure: its namespaces.
        switch: those of what connects it.
        addresses: every machine's on the network, by name.
        port: of its sshd.
    """

    name: str
    address: str
    rack: str
    enclosure: Enclosure
    switch: Enclosure
    addresses: Mapping[str, str]
    port: int = 22

    @property
    def link(self) -> Link:
        """Its cable: ``down``, ``silent``, ``slow``."""
        return Link(self.name, self.enclosure, self.switch)

    @property
    def sshd(self) -> Sshd:
        """Its sshd: ``stopped``, ``killed``, ``mute``, ``with_another_key``."""
        return Sshd(self.enclosure, self.port)

    @property
    def disk(self) -> Disk:
        """Its disk: ``full``."""
        return Disk(self.enclosure)

    @property
    def clock(self) -> Clock:
        """Its clock: ``ahead``."""
        return Clock(self.enclosure)

    @property
    def sudo(self) -> Sudo:
        """Its sudo: ``free``, ``with_password``."""
        return Sudo(self.enclosure)

    @property
    def host_key(self) -> str:
        """What its sshd proves itself with: type and public key."""
        return self.sshd.key

    @property
    def root(self) -> Path:
        """Its file system as this machine reaches it. Absolute links below it lead astray."""
        return self.enclosure.root

    def run(self, argv: Sequence[str], *, user: str = "root", **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command inside, past sshd and the network.

        Args:
            argv: the command.
            user: who runs it: ``root``, or the account without root.
            options: ``check`` (yes), ``timeout`` (30 s), and others of ``subprocess.run``.
        """
        as_user = [] if user == "root" else ["runuser", "-u", user, "--"]
        return self.enclosure.run([*as_user, *argv], **options)

    def pids(self) -> list[int]:
        """Every process of the host, as this machine numbers them."""
        return self.enclosure.pids()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process of it stands still; its kernel still answers, so that connections open and nobody speaks."""
        self.enclosure.cgroup.freeze()
        try:
            yield
        finally:
            self.enclosure.cgroup.thaw()

    @contextmanager
    def firewall(
        self, *, outside: Ports = (), inside: Ports = (), among: Iterable["Host"] | None = None
    ) -> Iterator[Firewall]:
        """A firewall that lets nothing in but ssh from this machine, answers, and what is told.

        Args:
            outside: TCP ports open to everybody.
            inside: TCP ports open to hosts.
            among: those hosts; every other one when not told.
        """
        hosts = {name: address for name, address in self.addresses.items() if name not in (CONTROLLER, self.name)}
        peers = hosts.values() if among is None else [host.address for host in among]
        rules = firewall.ruleset(self.addresses[CONTROLLER], self.port, outside, inside, peers)
        names = {address: name for name, address in self.addresses.items()}
        with firewall.up(self.enclosure, rules, names) as wall:
            yield wall
