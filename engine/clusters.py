"""Clusters: plan, create, look at, scale, end; as ``engine.clusters``."""

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from serai.engine import health
from serai.engine.access.lender import Lender
from serai.engine.connections import Connections
from serai.engine.lifecycle.create import CREATE
from serai.engine.lifecycle.machines import without_lost
from serai.engine.lifecycle.quorum import RECONSIDER
from serai.engine.lifecycle.reconfigure import RECONFIGURE, RESHAPE
from serai.engine.lifecycle.scale import SCALE, taken_over
from serai.engine.lifecycle.terminate import TERMINATE
from serai.engine.operations.events import Clock
from serai.engine.operations.operation import Operation
from serai.engine.operations.running import RunningOperations
from serai.engine.operations.work import Lifecycle
from serai.engine.orphans import OrphanReport, Orphans, Removal
from serai.engine.plugins.catalog import Catalog
from serai.engine.redaction import Redactor, discreet, holdings, secrets_in
from serai.engine.store.records import OperationRecord, OperationStatus, busy
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import NotFound, SeraiError, ValidationFailed, WrongStatus
from serai.hookspec.listening import Event

if TYPE_CHECKING:
    from serai.engine.applying import Application, ChangePlan
    from serai.engine.diagnosis.diagnosing import Diagnosis
    from serai.engine.planning import Plan
    from serai.engine.spec import ClusterSpec
    from serai.engine.store.store import Store

LIFECYCLES: Final[Mapping[str, Lifecycle]] = {
    lifecycle.kind: lifecycle for lifecycle in (CREATE, SCALE, RECONFIGURE, RESHAPE, TERMINATE)
}


class Clusters:
    """The clusters of an engine."""

    def __init__(
        self,
        store: "Store",
        catalog: Catalog,
        operations: RunningOperations,
        connections: Connections,
        lender: Lender,
        clock: Clock,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._operations = operations
        self._connections = connections
        self._lender = lender
        self._orphans = Orphans(store, catalog, lender)
        self._clock = clock

    # Looking

    def get(self, name: str) -> Cluster:
        """A cluster by name, as it now is; no connection is bound.

        Raises:
            NotFound: there is none (code CLUSTER_NOT_FOUND).
        """
        return self._bound(self._store.cluster(name))

    def list(self) -> list[Cluster]:
        """All clusters, by name."""
        return [self._bound(cluster) for cluster in self._store.clusters()]

    def events(self, name: str, after: int = 0) -> Sequence[Event]:
        """Events of a cluster, deleted ones' included, that came after a sequence number."""
        return self._store.events(cluster=name, after=after)

    def operations(self, name: str) -> Sequence[OperationRecord]:
        """All operations on a cluster, the newest last."""
        return self._store.operations(cluster_name=name)

    def operation(self, name: str) -> Operation[Any] | None:
        """The operation that this engine runs on a cluster, if any."""
        return self._operations.of(name)

    def health(self, name: str) -> health.HealthReport:
        """How a cluster is: the engine's own checks and its plugins', now.

        Raises:
            NotFound: there is no such cluster.
            WrongStatus: it has no machines yet, or is going.
        """
        cluster = self._store.cluster(name)
        if not (cluster.instances or cluster.quarantined):
            raise WrongStatus(f"cluster {name} is {cluster.status} and has no machines", place=name)
        with self._connections.open(cluster) as stack:
            checks = [*health.machine_checks(cluster), *stack.get_health_checks(cluster)]
            report = health.examine(name, checks, self._clock())
        return health.discreet_report(report, Redactor(secrets_in(holdings(cluster)).values).text)

    def diagnose(self, name: str, path: Path, attachments: Mapping[str, str] | None = None) -> "Diagnosis":
        """Write everything that helps to find out what went wrong with a cluster into one archive, without secrets.

        Whatever its status, and whatever is broken: what cannot be had is left out, and its index says why. Takes two
        minutes at most, and 16 MiB.

        Args:
            name: the cluster; one that is gone, too.
            path: the archive to write, a ``.tar.gz``; what is there is replaced.
            attachments: further texts by the names they get in the archive, such as log lines of who embeds the engine.

        Raises:
            NotFound: there is and was no such cluster.
            OSError: the archive cannot be written.
        """
        from serai.engine.diagnosis.diagnosing import diagnose, subject_of

        subject = subject_of(name, self._store)
        return diagnose(subject, path, self._catalog, self._connections, self._clock, attachments or {})

    # Planning and changing

    def plan(self, spec: "ClusterSpec") -> "Plan":
        """What creating a cluster would do. Changes nothing; machines that exist already are looked at.

        Raises:
            ValidationFailed: with every error, if there are any.
        """
        from serai.engine.planning import plan

        cluster = self._validated(spec)
        return plan(cluster, self._stack(cluster), CREATE)

    def create(self, spec: "ClusterSpec") -> Operation[Cluster]:
        """Create a cluster.

        Raises:
            ValidationFailed: with every error; then nothing was created or stored.
        """
        cluster = self._validated(spec)
        cluster.id = uuid.uuid4().hex
        cluster.created_at = self._clock()
        record = self._record("create", cluster, {})
        return self._operations.begin(record, cluster)

    def scale(self, name: str, counts: Mapping[str, int]) -> Operation[Cluster]:
        """Have so many instances in node groups.

        A group that has fewer than were asked for, since machines were lost or given up, gets others: also with the
        count it has. After a scaling that failed, another one takes its place.

        Args:
            name: an active cluster, or one whose scaling failed.
            counts: the count of each node group that changes or is to be repaired.

        Raises:
            ValidationFailed: with every error; then nothing was touched.
            WrongStatus: it is neither; or an operation on it was interrupted (code OPERATION_INTERRUPTED), or came in
                between just now (code CLUSTER_CHANGED).
            ClusterBusy: another operation is at work on it.
        """
        from serai.engine.validation import validate_scaling

        cluster, last = self._at_rest(name)
        state = taken_over(cluster, last)
        provider = self._catalog.provider(cluster.infrastructure.get("provider", ""))
        with discreet(holdings(cluster)), self._lender.lending() as lend:
            without_lost(cluster, lend(provider).list_machines(cluster.id))
            errors = validate_scaling(cluster, self._stack(cluster), counts, lend(provider))
            if errors:
                raise ValidationFailed(errors, what=f"the scaling of {name}")
        record = self._record("scale", cluster, {"counts": dict(counts)})
        record.state = state
        return self._operations.begin(record, after=last)

    def plan_changes(self, spec: "ClusterSpec") -> "ChangePlan":
        """What applying a document would do to the cluster of its name. Changes nothing.

        Raises:
            ValidationFailed: with everything that is wrong with the document, or cannot change.
            NotFound: there is no such cluster; it is made with :meth:`create`.
            WrongStatus: its last operation has not ended well, and is no change that another may take the place of.
            ClusterBusy: an operation is at work on it.
        """
        return self._application(spec)[0].plan

    def apply(self, spec: "ClusterSpec", plan: "ChangePlan | None" = None) -> Operation[Cluster]:
        """Make the cluster of a document's name what the document says: its values, its counts, or both.

        Nothing to do is done at once, and not recorded. After a change that failed the former document goes back.

        Args:
            spec: what the user asks for.
            plan: what somebody agreed to; then nothing else is done.

        Raises:
            ValidationFailed, NotFound, WrongStatus, ClusterBusy: as with :meth:`plan_changes`; also WrongStatus when
                another operation came in between just now (code CLUSTER_CHANGED).
            SeraiError: something else would be done than was agreed to (code PLAN_OUTDATED).
        """
        application, last = self._application(spec)
        application.demand(plan)
        record = self._record(application.plan.kind, application.cluster, application.request)
        record.state = application.state
        if application.plan.is_empty:
            return self._operations.settled(record, application.cluster)
        return self._operations.begin(record, after=last)

    def retry(self, name: str) -> Operation[Any]:
        """Continue the operation that failed, from the phase that failed. Any number of times. Machines that it went on
        without are tried again.

        One that was interrupted, since its engine ended, goes on as the same operation.

        Raises:
            WrongStatus: the last operation did not fail, or another one came in between (code CLUSTER_CHANGED).
            ClusterBusy: an operation is at work.
            Unsupported: it is of a kind that this version does not know (code UNKNOWN_OPERATION).
        """
        cluster = self._store.cluster(name)
        if resumed := self._operations.resume(name):
            return resumed[0]
        last = self._store.operations(cluster_name=name)[-1]
        if not last.status.is_final:
            raise busy(last)
        if last.status not in (OperationStatus.FAILED, OperationStatus.CANCELLED):
            raise WrongStatus(
                f"nothing to retry: the last operation on {name}, {last.kind}, {last.status}",
                place=name,
                hint=f"see how it is: serai health {name}; to change it: serai apply FILE",
            )
        record = self._record(last.kind, cluster, last.request)
        record.phase, record.state = last.phase, {**last.state, RECONSIDER: True}
        return self._operations.begin(record, after=last)

    def cancel(self, name: str) -> OperationRecord:
        """Ask the operation on a cluster to stop, whichever engine runs it; another one reads it within a second.

        It ends as cancelled, and says what it left; what is finished is not undone. One that was interrupted is taken
        up, and ended so.

        Returns:
            The operation; :meth:`operations` has it when it has ended, too.

        Raises:
            NotFound: there is no such cluster.
            WrongStatus: nothing is at work on it (code NOTHING_TO_CANCEL), or that has just ended.
            Unsupported: it is of a kind that this version does not know (code UNKNOWN_OPERATION).
        """
        self._store.cluster(name)
        return self._operations.cancel(name)

    def delete(self, name: str, force: bool = False) -> Operation[None]:
        """End a cluster. An operation that this engine runs on it is cancelled first.

        One that was interrupted is given up, also when another engine takes it up just now: that one is told and ends.

        Args:
            name: the cluster.
            force: end it also when it is protected, when its machines cannot be removed (telling what is left), and
                when another engine is at work on it: that one is told when it next writes, and stops.

        Raises:
            NotFound: there is no such cluster.
            WrongStatus: it is protected, and this is not forced.
            ClusterBusy: another engine is at work on it, and was before this was asked for.
        """
        cluster = self._store.cluster(name)
        if cluster.is_protected and not force:
            hint = f"to end it all the same: serai down {name} --force"
            raise WrongStatus(f"cluster {name} is protected", code="PROTECTED", place=name, hint=hint)
        if (ending := self._operations.make_way(name, for_kind=TERMINATE.kind, force=force)) is not None:
            return ending  # it is being ended already
        record = self._record("terminate", cluster, {"force": force})
        return self._operations.begin(record)

    def orphans(self, providers: Sequence[str] = ()) -> OrphanReport:
        """The machines that providers have and that this store does not want. Changes nothing.

        Args:
            providers: whom to ask; all that are installed when empty.
        """
        return self._orphans.find(providers)

    def remove_orphans(self, machines: Sequence[str] = ()) -> Removal:
        """Remove machines that this store does not want, after looking once more.

        Args:
            machines: ids or names of orphans; when empty all that were made for clusters of this store, and no others.

        Raises:
            NotFound: one of them is no orphan (code ORPHAN_NOT_FOUND); then nothing was removed.
        """
        return self._orphans.remove(machines)

    # Machinery

    def _at_rest(self, name: str) -> tuple[Cluster, OperationRecord]:
        """A cluster that nothing is at work on, and the last operation on it.

        That is read first, and has ended: so the cluster is as it left it, unless another one has begun since. Whoever
        begins one is told of that.
        """
        self._store.cluster(name)  # or there is none
        last = self._store.operations(cluster_name=name)[-1]
        self._refuse_interrupted(name)
        if not last.status.is_final:
            raise busy(last)
        return self.get(name), last

    def _refuse_interrupted(self, name: str) -> None:
        for record in self._operations.interrupted(name):
            raise WrongStatus(
                f"{record.kind} {name} was interrupted: the engine that ran it ended",
                code="OPERATION_INTERRUPTED",
                place=name,
                hint=f"go on with it: serai resume {name}; or end the cluster: serai down {name}",
            )

    def _validated(self, spec: "ClusterSpec") -> Cluster:
        from serai.engine.validation import validated_cluster

        taken = {cluster.name for cluster in self._store.clusters()}
        with self._lender.lending() as lend:
            return validated_cluster(spec, self._catalog, taken, lend)

    def _application(self, spec: "ClusterSpec") -> "tuple[Application, OperationRecord]":
        """What applying a document would do, and the last operation on its cluster so far."""
        from serai.engine.applying import application, not_there

        try:
            cluster, last = self._at_rest(spec.name)
        except NotFound as error:
            raise not_there(spec, error) from error
        with self._lender.lending() as lend:
            return application(spec, cluster, last, self._catalog, lend), last

    def _stack(self, cluster: Cluster) -> Any:
        return self._catalog.stack(cluster.plugin_name, cluster.hadoop_version, cluster.auxiliary_plugins)

    def _bound(self, cluster: Cluster) -> Cluster:
        """Tell a cluster its defaults, unless its plugin is gone: it stays readable."""
        try:
            cluster.bind_configs(self._stack(cluster).get_configs())
        except SeraiError:
            return cluster
        return cluster

    def _record(self, kind: str, cluster: Cluster, request: dict[str, Any]) -> OperationRecord:
        self._operations.check()
        return OperationRecord(
            id=token_hex(6),
            cluster_id=cluster.id,
            cluster_name=cluster.name,
            kind=kind,
            request=request,
            created_at=self._clock(),
        )
