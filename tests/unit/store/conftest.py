"""Stores and things to keep in them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from serai.engine.store.held import HeldStore
from serai.engine.store.records import Lease, OperationRecord, OperationStatus
from serai.engine.store.store import Store
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.listening import Event, EventKind

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of each kind."""
    with Store.open(None if request.param == "memory" else f"sqlite:///{tmp_path}/serai.db") as opened:
        yield opened


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where a store in a file may be."""
    return f"sqlite:///{tmp_path}/serai.db"


@pytest.fixture
def make_cluster() -> Callable[..., Cluster]:
    """A small cluster, changed as asked."""

    def make(name: str = "demo", **fields: Any) -> Cluster:
        groups = [NodeGroup("master", 1, ["master"]), NodeGroup("workers", 2, ["worker"])]
        wanted = {"plugin_name": "spark", "hadoop_version": "4.3.0", "node_groups": groups, "id": f"id-of-{name}"}
        return Cluster(name, **{**wanted, **fields})

    return make


@pytest.fixture
def make_operation() -> Callable[..., OperationRecord]:
    """An operation on that cluster, changed as asked."""

    def make(operation_id: str = "op-1", **fields: Any) -> OperationRecord:
        wanted = {"cluster_id": "id-of-demo", "cluster_name": "demo", "kind": "create", **fields}
        return OperationRecord(operation_id, **wanted)

    return make


@pytest.fixture
def end(make_event: Callable[..., Event]) -> Callable[..., None]:
    """End an operation that was begun or taken, as who holds it."""

    def end(store: Store, lease: Lease, status: OperationStatus = OperationStatus.SUCCEEDED, **fields: Any) -> None:
        record = evolve(store.operation(lease.operation_id), status=status, **fields)
        HeldStore(store, lease).end(record, make_event(operation=record.id))

    return end


@pytest.fixture
def make_event() -> Callable[..., Event]:
    """An event of that operation, changed as asked."""

    def make(**fields: Any) -> Event:
        wanted = {"kind": EventKind.WARNING, "cluster": "demo", "operation": "op-1", "time": NOW, **fields}
        return Event(**wanted)

    return make
