"""What runs in an engine's process that is to die: one operation, and ``kill -9`` at a chosen write of its journal."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import asdict, frozen
from sqlalchemy import event

from faults.sleepers import plugins
from serai.engine import ClusterSpec, Engine
from serai.engine.artifacts import default_root
from serai.engine.store.database import Database
from serai.engine.store.store import Store

NEVER = 0
OUTCOMES = ("started", "succeeded")


@frozen
class Order:
    """What a process is to do.

    Attributes:
        url: the store.
        root: where machines are, and the book of those that were made.
        act: ``create``, ``scale``, ``apply`` or ``delete``.
        document: of the cluster that is made or changed.
        counts: to scale to.
        write: at which write it dies, from 1; ``NEVER`` for none.
        committed: whether it dies when that is written, or just before.
        account: where it tells what writes there were.
    """

    url: str
    root: str
    act: str
    document: dict[str, Any]
    counts: dict[str, int] | None = None
    write: int = NEVER
    committed: bool = False
    account: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As it is handed to another process."""
        return asdict(self)


def carry_out(data: dict[str, Any]) -> None:
    """Do what is ordered; returns when nothing was deadly."""
    order = Order(**data)
    enter(order.root)
    store = Store.open(order.url)
    store._database = deadly = _Deadly(store._database, order)
    with Engine(store, _catalog(order.root), default_root(), resume="manual") as engine:
        begin(engine, order).result(120)
    Path(order.account).write_text(json.dumps(deadly.writes))


def enter(root: str) -> None:
    """Have this process, and what it starts, live below a directory."""
    os.environ["SERAI_LOCAL_ROOT"] = f"{root}/machines"
    here = str(Path(sys.executable).parent)
    if here not in os.environ["PATH"].split(":"):
        os.environ["PATH"] = f"{here}:{os.environ['PATH']}"


def begin(engine: Engine, order: Order) -> Any:
    """Begin what is ordered."""
    name = order.document["name"]
    match order.act:
        case "create":
            return engine.clusters.create(ClusterSpec.from_dict(order.document))
        case "scale":
            return engine.clusters.scale(name, order.counts or {})
        case "apply":
            return engine.clusters.apply(ClusterSpec.from_dict(order.document))
        case _:
            return engine.clusters.delete(name)


def _catalog(root: str) -> Any:
    from serai.engine.plugins.catalog import Catalog

    return Catalog(plugins=plugins(Path(root, "made")))


class _Deadly(Database):
    """A database at whose n-th write to operations or their journal the process is killed."""

    def __init__(self, real: Database, order: Order) -> None:
        self.__dict__.update(real.__dict__)
        self._order = order
        self.writes: list[str] = []  # of each the outcome of a phase, if it is in it

    def write(self, work: Callable[[Any], Any], *, patience: float | None = None) -> Any:
        counted = False

        def noticed(connection: Any) -> Any:
            nonlocal counted
            statements: list[tuple[str, Any]] = []
            event.listen(connection, "before_cursor_execute", lambda *it: statements.append((_written(it[2]), it[3])))
            result = work(connection)
            counted = any(table in ("operations", "journal") for table, _ in statements)
            if counted:
                noted = [values for table, values in statements if table == "journal"]
                self.writes.append(next((word for values in noted for word in OUTCOMES if word in values), ""))
                self._perhaps_die(committed=False)
            return result

        result = super().write(noticed, patience=patience)
        if counted:
            self._perhaps_die(committed=True)
        return result

    def _perhaps_die(self, *, committed: bool) -> None:
        if (len(self.writes), committed) == (self._order.write, self._order.committed):
            os.kill(os.getpid(), signal.SIGKILL)


def _written(statement: str) -> str:
    """The table that a statement writes to; ``""`` for one that reads."""
    words = statement.split()
    return {"INSERT": words[2:3], "UPDATE": words[1:2], "DELETE": words[2:3]}.get(words[0], [""])[0]
