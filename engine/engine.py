"""The face that host services embed: one engine, its plugins, clusters and jobs."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal

from serai.engine.access.lender import Lender
from serai.engine.clusters import LIFECYCLES, Clusters
from serai.engine.connections import Connections
from serai.engine.hosts import Hosts
from serai.engine.jobs import Jobs
from serai.engine.listing import Plugins
from serai.engine.operations.events import Clock, EventLog, utc_now
from serai.engine.operations.leases import Leases
from serai.engine.operations.operation import Operation
from serai.engine.operations.resuming import Resumption
from serai.engine.operations.runner import Runner
from serai.engine.operations.running import RunningOperations
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.dispatch import LoadedPlugin
from serai.engine.plugins.limits import HOOK_SECONDS, Limit, looking
from serai.engine.store.clocks import LEASE_SECONDS, OUTAGE_SECONDS
from serai.engine.store.records import OperationRecord

if TYPE_CHECKING:
    from serai.engine.recording.recorder import Recorder

AUTO: Final = "auto"
MANUAL: Final = "manual"

OPERATIONS_AT_A_TIME: Final = 16
"""Threads of the executor that an engine makes for itself."""


class Engine:
    """Turns machines into clusters. Safe to use from many threads; many engines may live in one process.

    Opened with :meth:`open`, closed with :meth:`close` or at the end of a ``with`` block.

    Attributes:
        plugins: the provisioning plugins by name; ``.auxiliary``, ``.infrastructure``, ``.listener`` beside them.
        clusters: plan, create, scale, look at, end.
        jobs: submit, follow, cancel.
        hosts: the machines of providers that have a finite stock of them: list, clean.
    """

    def __init__(
        self,
        store: Any,
        catalog: Catalog,
        cache: Path,
        executor: Executor | None = None,
        clock: Clock = utc_now,
        *,
        resume: str = AUTO,
        lease: float = LEASE_SECONDS,
        outage: float = OUTAGE_SECONDS,
        hook_timeout: float = HOOK_SECONDS,
        mirrors: Mapping[str, str] | None = None,
        recorder: "Recorder | None" = None,
    ) -> None:
        from serai.engine.artifacts import ArtifactCache
        from serai.engine.remote.pool import Pool

        if isinstance(executor, ProcessPoolExecutor):
            raise TypeError("an engine needs an executor of threads: operations share its memory")
        self._store = store
        self._own_executor = None if executor else ThreadPoolExecutor(OPERATIONS_AT_A_TIME, "serai-operation")
        working = executor or self._own_executor
        assert working is not None  # noqa: S101 - one of the two
        events = EventLog(store, catalog, clock)
        self._recorder = recorder
        lent = Pool if recorder is None else partial(Pool, lend=recorder.lend)
        connections = Connections(catalog, lent)
        lender = Lender(store, catalog, Pool, clock)
        self._leases = Leases(store, seconds=lease, outage=outage)
        runner = Runner(
            catalog, events, ArtifactCache(cache, mirrors=mirrors), lent, lender.lend, clock, hook_timeout=hook_timeout
        )
        self.plugins: Final = Plugins(catalog)
        self._operations = RunningOperations(LIFECYCLES, runner, working, store, self._leases, events, clock)
        self.clusters: Final = Clusters(store, catalog, self._operations, connections, lender, clock)
        self.jobs: Final = Jobs(store, connections, working, clock, Limit(hook_timeout))
        self.hosts: Final = Hosts(store, catalog, lender)
        if resume == AUTO:
            self._leases.with_each_beat(Resumption(self._operations, store, catalog, LIFECYCLES).look)

    @classmethod
    def open(
        cls,
        url: str | None = None,
        *,
        plugins: Iterable[LoadedPlugin] = (),
        blocked: Iterable[str] = (),
        discover: bool = True,
        executor: Executor | None = None,
        clock: Clock = utc_now,
        cache: Path | None = None,
        key: str | None = None,
        resume: Literal["auto", "manual"] = AUTO,
        lease: float = LEASE_SECONDS,
        outage: float = OUTAGE_SECONDS,
        hook_timeout: float = HOOK_SECONDS,
        mirrors: Mapping[str, str] | None = None,
        transcript: Path | None = None,
    ) -> "Engine":
        """Open an engine.

        Args:
            url: where its state is: ``sqlite:///serai.db``; in memory when None.
            plugins: plugins beside the installed ones, made with :func:`serai.engine.plugin`.
            blocked: names of plugins or distributions that are never imported.
            discover: whether installed plugins are looked for at all.
            executor: runs operations, in threads of this process; one of its own when None.
            clock: tells the time in UTC.
            cache: directory of artifacts; the user's cache directory when None.
            key: what secrets in the store are sealed with; a file beside a SQLite store when None.
            resume: what becomes of operations whose engine has ended: ``auto`` goes on with them, now and whenever one
                is found, if this engine has the plugins for it; ``manual`` leaves them to :meth:`resume`.
            lease: seconds after which another engine may take an operation of this one when it gives no sign of life.
            outage: seconds that operations wait for a store that is away, before they stop where they are.
            hook_timeout: seconds that a hook may take in an operation, and outside of operations when it is less than
                ten minutes, as much as it may take there; it is left behind then, and what called it fails (code
                HOOK_TIMEOUT), naming plugin and hook.
            mirrors: where tarballs and the jars of Maven Central come from instead: what to put in the place of the
                beginning of a URL; the longest match wins.
            transcript: file to which is written what hooks ask of the machines of a cluster and what these answer, for
                tests to replay; appended to when it is one already. It holds no secrets, and is its owner's alone.

        Raises:
            SeraiError: the store cannot be opened, or the transcript cannot be written (code OUTPUT_UNUSABLE).
            ValueError: ``resume`` is something else, or ``lease`` or ``hook_timeout`` is not positive.
        """
        if resume not in (AUTO, MANUAL) or min(lease, hook_timeout) <= 0:
            raise ValueError(
                f"resume is {AUTO!r} or {MANUAL!r}, lease and hook_timeout are positive numbers of seconds"
            )
        from serai.engine.artifacts import default_root
        from serai.engine.store.store import Store

        catalog = Catalog(plugins=plugins, blocked=blocked, discover=discover, limit=looking(hook_timeout))
        recorder = None if transcript is None else _recorder(transcript)
        store = Store.open(url, key=key)
        return cls(
            store,
            catalog,
            cache or default_root(),
            executor,
            clock,
            resume=resume,
            lease=lease,
            outage=outage,
            hook_timeout=hook_timeout,
            mirrors=mirrors,
            recorder=recorder,
        )

    def interrupted(self, name: str | None = None) -> list[OperationRecord]:
        """Operations that have not ended and that no engine acts for any more, the oldest first.

        Args:
            name: only those on the cluster of this name.
        """
        return self._operations.interrupted(name)

    def resume(self, name: str | None = None) -> list[Operation[Any]]:
        """Go on with operations whose engine has ended, each from the phase that it was in.

        Args:
            name: only on the cluster of this name.

        Returns:
            Those that this engine goes on with, since now or already.

        Raises:
            Unsupported: one is of a kind that this version does not know (code UNKNOWN_OPERATION).
        """
        return self._operations.resume(name)

    def close(self, *, cancel: bool = False) -> None:
        """Wait for running operations, then let go of everything.

        Args:
            cancel: ask them to stop first.
        """
        self._operations.close(cancel=cancel)
        self._leases.close()
        if self._own_executor is not None:
            self._own_executor.shutdown(wait=True)
        if self._recorder is not None:
            self._recorder.close()
        self._store.close()

    def __enter__(self) -> "Engine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close(cancel=kind is not None)


def _recorder(path: Path) -> "Recorder":
    # Here and not above: hardly anybody asks for one.
    from serai.engine.recording.recorder import Recorder

    return Recorder(path)
