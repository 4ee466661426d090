"""The lab: several hosts on one machine, each with an sshd, on one network."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from attrs import define

from lab import cgroups, image, inventory, site
from lab.addresses import controller_of, host_of
from lab.enclosure import ALL, NET, Enclosure
from lab.host import CONTROLLER, Host
from lab.waiting import until

_SCRIPTS = Path(__file__).parent


@define(eq=False)
class Lab:
    """Hosts, and what is needed to reach them.

    Attributes:
        hosts: them, in order.
        address: this machine's in their network.
        identity_file: the private key they let in, as root and as the account without root.
        known_hosts: their keys, as ``ssh`` reads them.
        switch: the namespaces of what connects them.
        token: in the name of everything it has outside namespaces.
    """

    hosts: list[Host]
    address: str
    identity_file: str
    known_hosts: str
    switch: Enclosure
    token: str

    @classmethod
    @contextmanager
    def up(cls, hosts: int = 4, *, racks: int = 2, disk: str = "2g") -> Iterator["Lab"]:
        """Bring a lab up, and take it down for sure.

        Args:
            hosts: how many; at most 200.
            racks: over how many racks they are spread, one after the other.
            disk: size of each one's disk, which is in memory, as ``mount`` takes it.

        Raises:
            OSError, RuntimeError, subprocess.SubprocessError: this machine does not let us; nothing is left.
        """
        place = site.claim()
        with ExitStack() as stack:
            stack.callback(place.remove)
            identity, known = place.directory / "identity", place.directory / "known_hosts"
            authorized = image.make_key(identity, "lab")
            named = {f"h{number}": str(host_of(place.network, number)) for number in range(1, hosts + 1)}
            addresses = {CONTROLLER: str(controller_of(place.network)), **named}
            switch = _started(place, stack, "switch", ["net", "pid"], "boot_switch.sh")
            begun = []
            for number, (name, address) in enumerate(named.items()):
                files = image.entries(name, image.hosts_file(addresses), authorized, image.own_account_files())
                enclosure = _booting(place, stack, name, address, disk, files)
                begun.append(Host(name, address, f"r{number % racks + 1}", enclosure, switch, addresses))
            _connect(place, switch, begun)
            for host in begun:
                until(partial(_is_up, host), f"sshd of {host.name} to listen", limit=30)
            known.write_text("".join(f"{host.address} {host.host_key}\n" for host in begun))
            yield cls(begun, addresses[CONTROLLER], str(identity), str(known), switch, place.token)

    def inventory(self, path: Path, *, user: str = "root", tags: Mapping[str, Sequence[str]] | None = None) -> None:
        """Write the inventory of the hosts, for the provider ``ssh``.

        Args:
            path: the file.
            user: login on all of them: ``root``, or the account without root.
            tags: of some hosts, by their names.
        """
        inventory.write(path, inventory.document(self.hosts, self.identity_file, user, tags or {}))

    def ssh(self, host: Host, *command: str, user: str = "root", options: Sequence[str] = ()) -> list[str]:
        """The command that runs a command on a host over ssh, trusting its key and no other.

        Args:
            host: where.
            command: what; one argument is a shell line, as ever with ``ssh``.
            user: login.
            options: for ``ssh -o``; they win over the lab's.
        """
        given = [*options, "BatchMode=yes", f"UserKnownHostsFile={self.known_hosts}", "StrictHostKeyChecking=yes"]
        flags = [word for option in [*given, f"Port={host.port}"] for word in ("-o", option)]
        return ["ssh", "-F", "none", "-i", self.identity_file, *flags, f"{user}@{host.address}", *command]


def _started(
    place: site.Site, stack: ExitStack, name: str, namespaces: Sequence[str], script: str, *arguments: str
) -> Enclosure:
    group = cgroups.Cgroup.make(f"{place.cgroup}/{name}")
    argv = ["sh", str(_SCRIPTS / script), *arguments]
    enclosure = Enclosure.start(namespaces, argv, group, place.directory / f"{name}.log")
    stack.callback(enclosure.stop)
    return enclosure


def _booting(
    place: site.Site, stack: ExitStack, name: str, address: str, disk: str, files: Mapping[str, image.Entry]
) -> Enclosure:
    """A host that waits for its link."""
    directory = place.directory / name
    image.write(directory, files)
    interface = f"{address}/{place.network.prefixlen}"
    return _started(place, stack, name, ALL, "boot_host.sh", name, interface, disk, str(directory))


def _connect(place: site.Site, switch: Enclosure, hosts: Sequence[Host]) -> None:
    """Lay the cables: this machine's, then each host's, which may go on from here."""
    link = f"link add {place.interface} type veth peer name {CONTROLLER} netns {switch.pid}"
    address = f"address add {controller_of(place.network)}/{place.network.prefixlen} dev {place.interface}"
    cable = [link, address, f"link set {place.interface} up"]
    subprocess.run(["ip", "-batch", "-"], input=_lines(cable), text=True, check=True, capture_output=True, timeout=30)
    ports = [f"link set {CONTROLLER} master bridge up"]
    for host in hosts:
        ports.append(f"link add {host.name} type veth peer name eth0 netns {host.enclosure.pid}")
        ports.append(f"link set {host.name} master bridge up")
    switch.run(["ip", "-batch", "-"], only=NET, input=_lines(ports))
    for host in hosts:
        host.enclosure.proceed()


def _lines(commands: Sequence[str]) -> str:
    return "\n".join([*commands, ""])


def _is_up(host: Host) -> bool:
    host.enclosure.check()
    return host.enclosure.listens(host.port)
