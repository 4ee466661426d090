"""Which interrupted operations an engine goes on with by itself."""

from collections.abc import Container
from typing import TYPE_CHECKING, Final

from serai.engine.log_context import get_logger
from serai.engine.operations.journal import STARTED
from serai.engine.operations.running import RunningOperations
from serai.engine.plugins.catalog import Catalog
from serai.engine.store.records import OperationRecord
from serai.hookspec.errors import SeraiError

if TYPE_CHECKING:
    from serai.engine.store.store import Store

TRIES: Final = 5
"""How many times a phase is begun, before an engine does not begin it again by itself: it may be what ends engines."""

log: Final = get_logger("serai.operations")


class Resumption:
    """Goes on with what was interrupted, where this engine can: other engines may have other plugins.

    Args:
        operations: what this engine runs.
        store: where clusters and journals are.
        catalog: the plugins it has.
        kinds: the kinds of operations it knows.
    """

    def __init__(self, operations: RunningOperations, store: "Store", catalog: Catalog, kinds: Container[str]) -> None:
        self._operations = operations
        self._store = store
        self._catalog = catalog
        self._kinds = kinds
        self._told: set[str] = set()

    def look(self) -> None:
        """Look for interrupted operations, and go on with them."""
        self._operations.resume(only=self._is_for_us)

    def _is_for_us(self, record: OperationRecord) -> bool:
        why_not = self._why_not(record)
        if why_not and record.id not in self._told:
            self._told.add(record.id)
            log.warning(
                "%s %s was interrupted and is left alone: %s; go on with it: serai resume %s",
                record.kind,
                record.cluster_name,
                why_not,
                record.cluster_name,
            )
        return not why_not

    def _why_not(self, record: OperationRecord) -> str:
        if record.kind not in self._kinds:
            return "this version of Serai does not know what it is"
        lines = self._store.journal_of(record.id)
        tries = sum(line.phase == record.phase and line.outcome == STARTED for line in lines)
        if tries >= TRIES:
            return f"its phase {record.phase!r} was begun {tries} times"
        try:
            cluster = self._store.cluster(record.cluster_name)
            self._catalog.stack(cluster.plugin_name, cluster.hadoop_version, cluster.auxiliary_plugins)
            self._catalog.provider(cluster.infrastructure.get("provider", ""))
        except SeraiError as error:
            return error.message
        return ""
