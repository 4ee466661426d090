"""What the engine lends an infrastructure provider: connections to machines, claims on them, documents."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from attrs import field, frozen

from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.errors import SeraiError
from serai.hookspec.facts import Disk, Facts
from serai.hookspec.remote import Endpoint, Remote
from serai.hookspec.sequences import strings

T = TypeVar("T")


@frozen
class Claim:
    """A machine of a finite stock that a cluster of this store has.

    Attributes:
        machine_id: the provider's identifier of the machine.
        cluster_id: whose it is.
        cluster_name: that cluster's name.
        token: the client token it was asked for with.
        since: when it was claimed, in UTC.
        info: what the provider wants kept with it, JSON-compatible and free of secrets.
    """

    machine_id: str
    cluster_id: str
    cluster_name: str
    token: str
    since: datetime
    info: dict[str, Any] = field(factory=dict, hash=False)


class Claims(Protocol):
    """The claims of one provider in the engine's store: no machine has two, whoever asks for one at the same time."""

    def all(self) -> Mapping[str, Claim]:
        """All claims, by machine."""
        ...

    def take(self, machine_id: str, token: str, cluster: Cluster, info: Mapping[str, Any]) -> Claim:
        """Claim a machine. The same token again gives the same claim, its ``info`` replaced.

        Raises:
            SeraiError: another token has the machine (code MACHINE_TAKEN), or this token another machine.
        """
        ...

    def release(self, machine_id: str) -> None:
        """Give a claim up; one that does not exist is no error."""
        ...


@frozen
class Inquiry:
    """What to look at on a machine, beside its facts.

    Attributes:
        ports: TCP ports that should be free.
        names: host names that should be known there.
        files: absolute paths of small text files to read; ``~/`` at the beginning is the login's home.
        directories: absolute paths of directories that are to be made or used, likewise.
        root: whether the login should be root, or become it without a password.
    """

    ports: tuple[int, ...] = ()
    names: tuple[str, ...] = field(default=(), converter=strings)
    files: tuple[str, ...] = field(default=(), converter=strings)
    directories: tuple[str, ...] = field(default=(), converter=strings)
    root: bool = False


@frozen
class Place:
    """Where a directory is, or where it would be made: at the nearest one above it that exists.

    Attributes:
        disk: the file system.
        writable: whether the login may make files there.
    """

    disk: Disk
    writable: bool


@frozen
class Findings:
    """What was found on a machine.

    Attributes:
        facts: what it is like.
        clock_skew: its clock minus the engine's, in seconds; what the wire takes is in it.
        ports_taken: those of the ports on which something listens.
        addresses: each name's address as the machine knows it, ``""`` for one it does not know.
        files: content of the files that exist, by path as it was asked for; ``""`` for one that cannot be read.
        places: where each of the directories is or would be, by path as it was asked for.
        root_refused: why its login cannot be root; ``""`` when it can, or was not asked.
        host_keys: the keys it proved itself with, as :attr:`SshEndpoint.host_keys` takes them.
    """

    facts: Facts
    clock_skew: float = 0.0
    ports_taken: tuple[int, ...] = ()
    addresses: Mapping[str, str] = field(factory=dict, hash=False)
    files: Mapping[str, str] = field(factory=dict, hash=False)
    places: Mapping[str, Place] = field(factory=dict, hash=False)
    root_refused: str = ""
    host_keys: tuple[str, ...] = ()


class Access(Protocol):
    """What a provider may use while one of its hooks is called."""

    @property
    def claims(self) -> Claims:
        """The provider's claims."""
        ...

    def look(
        self, endpoints: Sequence[Endpoint], inquiry: Inquiry, *, timeout: float = 30.0
    ) -> dict[str, Findings | SeraiError]:
        """Look at machines in parallel, in one round trip each, changing nothing.

        Args:
            endpoints: which; their ``host`` is the key of the answer.
            inquiry: what to look at.
            timeout: seconds for each machine, the connection included.

        Returns:
            For each machine what was found, or why it could not be looked at.
        """
        ...

    def each(
        self, endpoints: Sequence[Endpoint], function: Callable[[Remote], T], *, step: str, timeout: float = 300.0
    ) -> dict[str, T | SeraiError]:
        """Do the same on machines in parallel, all of them, whatever becomes of one.

        Args:
            endpoints: which; their ``host`` is the key of the answer.
            function: called with each machine, in a thread of its own.
            step: what the work is called in events and errors.
            timeout: seconds for each machine, the connection included.

        Returns:
            For each machine the result, or why there is none.
        """
        ...

    def document(self, path: str) -> Any:
        """Read a YAML or JSON file of the engine's machine.

        Raises:
            SeraiError: it cannot be read, or is not well-formed, saying where.
        """
        ...

    def open_ports(self, node_group: NodeGroup) -> Sequence[int]:
        """The TCP ports that the cluster's plugins open on the machines of a node group."""
        ...

    def root_commands(self, node_group: NodeGroup) -> Sequence[str]:
        """What the cluster's plugins do as root on the machines of a node group."""
        ...

    def once(self, key: str, make: Callable[[], T]) -> T:
        """What ``make`` gave when it was first called with this key in this validation or operation."""
        ...
