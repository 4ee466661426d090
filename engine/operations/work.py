"""What a phase works with, and what a phase is."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import define, frozen

from serai.engine.operations.lent import LentRun
from serai.engine.plugins.provider import Provider
from serai.engine.plugins.stack import Stack
from serai.hookspec.cluster import Cluster, ClusterStatus, Instance
from serai.hookspec.errors import SeraiError

if TYPE_CHECKING:
    from serai.engine.store.held import HeldStore
    from serai.engine.store.records import JournalEntry, OperationRecord


@define(eq=False)
class Work:
    """Everything a phase may need.

    Attributes:
        cluster: the cluster as it now is; saved after each phase, and whenever :meth:`save` is called.
        record: the operation; its ``state`` carries what one phase leaves for a later one, or for a retry.
        run: what hooks are lent.
        store: where cluster and operation are kept, as long as this engine holds the operation.
        plugins: its stack, or the reason why there is none.
        infrastructure: where its machines come from, or the reason why it is not there.
        connect: gives the instances there are now their connections. Done before each phase; again by one that makes
            some and works with them.
    """

    cluster: Cluster
    record: "OperationRecord"
    run: LentRun
    store: "HeldStore"
    plugins: Stack | SeraiError
    infrastructure: Provider | SeraiError
    connect: Callable[[], None] = lambda: None

    @property
    def stack(self) -> Stack:
        """The cluster's stack; raises why there is none."""
        if isinstance(self.plugins, SeraiError):
            raise self.plugins
        return self.plugins

    @property
    def provider(self) -> Provider:
        """The cluster's provider; raises why it is not there, or why it is not to be asked for anything any more."""
        self.run.check()
        if isinstance(self.infrastructure, SeraiError):
            raise self.infrastructure
        return self.infrastructure

    def save(self, line: "JournalEntry | None" = None) -> None:
        """Keep cluster and operation as they now are, and a line of the journal with them."""
        self.store.save(self.record, self.cluster, line)

    def instances(self, names: list[str]) -> list[Instance]:
        """The cluster's instances of these names, in the cluster's order."""
        wanted = set(names)
        return [instance for instance in self.cluster.instances if instance.instance_name in wanted]


@frozen
class Phase:
    """One phase of an operation. Run again after a failure or a crash, it must finish what it began.

    Attributes:
        name: as in journal and events.
        status: the cluster's while it runs.
        work: does it.
    """

    name: str
    status: ClusterStatus
    work: Callable[[Work], None]


@frozen
class Lifecycle:
    """An operation: its phases, and how it ends.

    Attributes:
        kind: as in the store: ``create``, ``scale``, ``reconfigure``…
        phases: in order.
        leaves: the cluster's status after the last phase; None when no cluster is left.
    """

    kind: str
    phases: tuple[Phase, ...]
    leaves: ClusterStatus | None = ClusterStatus.ACTIVE
