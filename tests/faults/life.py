"""The life of a cluster under engines that die: each operation is killed once, taken up by another engine, compared."""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from attrs import define, evolve, field
from kept_clusters import cluster_documents

from faults.dying import Order, begin, enter
from faults.nursery import Nursery
from faults.sleepers import plugins
from serai.builtin_plugins.infrastructure.local import LocalProvider
from serai.engine import Engine
from serai.engine.remote.pool import connect
from serai.hookspec.cluster import Cluster

KILLED = -9

Act = Callable[[], Order]


@define
class Death:
    """Where an engine dies: at which write of its operation's journal, just before it is committed or just after."""

    write: int
    committed: bool

    def __str__(self) -> str:
        return f"{'after' if self.committed else 'before'} write {self.write}"


def deaths(writes: int) -> Iterator[Death]:
    """Every place to die in an operation of so many writes."""
    return (Death(write, committed) for write in range(1, writes + 1) for committed in (False, True))


def phase_ends(writes: list[str]) -> list[Death]:
    """A place in each phase: all of it is done, and nobody knows."""
    return [Death(number, committed=False) for number, outcome in enumerate(writes, 1) if outcome == "succeeded"]


@define
class Life:
    """A store and machines, below one directory.

    Attributes:
        root: the directory.
        nursery: where engines come from that die at a chosen moment.
    """

    root: Path
    nursery: Nursery | None = None
    names: set[str] = field(factory=set)

    @property
    def url(self) -> str:
        """The store."""
        return f"sqlite:///{self.root}/serai.db"

    def order(self, act: str, document: dict[str, Any], **rest: Any) -> Order:
        """An order for this life."""
        return Order(self.url, str(self.root), act, document, account=str(self.root / "writes"), **rest)

    def undisturbed(self, order: Order) -> list[str]:
        """Carry it out in a process that lives; returns of each write the outcome of a phase, if it is in it."""
        assert self._nursery.run(order.to_dict()) == 0
        writes: list[str] = json.loads(Path(order.account).read_text())
        return writes

    def disturbed(self, order: Order, death: Death) -> None:
        """Carry it out in a process that dies, and have another engine go on."""
        ended = self._nursery.run(evolve(order, write=death.write, committed=death.committed).to_dict())
        assert ended == KILLED, f"{order.act} ended with {ended}, and was to die {death}"
        with self.engine() as engine:
            if not self._is_begun(engine, order):
                begin(engine, order).result(120)  # it died before anything was written: nobody knows of it
            self._settle(engine)

    @property
    def _nursery(self) -> Nursery:
        assert self.nursery is not None, "no engine dies at a chosen moment here"
        return self.nursery

    def snapshot(self) -> dict[str, Any]:
        """All there is to compare, without what is another each time: ids, times, addresses, numbers of names."""
        with self.engine("manual") as engine:
            documents = [_plain(document) for document in cluster_documents(engine._store)]
            clusters = engine.clusters.list()
            records = engine._store.operations()
            journals = [engine._store.journal_of(record.id) for record in records[-1:]]
        return {
            "documents": documents,
            "processes": [_processes(cluster) for cluster in clusters],
            "machines": self._machines(clusters),
            "operation": [(record.kind, record.status.value, record.error) for record in records[-1:]],
            "journal": [[line.phase for line in lines if line.outcome == "succeeded"] for lines in journals],
        }

    def twice(self) -> list[str]:
        """Names of machines that were made more than once."""
        book = self.root / "made"
        made = {tuple(line.rsplit(" ", 1)) for line in book.read_text().splitlines()} if book.exists() else set()
        names = [name for name, _ in made]
        return sorted({name for name in names if names.count(name) > 1})

    def left(self) -> list[str]:
        """What is left of machines: files, and processes with their mark."""
        root = self.root / "machines"
        return [str(path) for path in root.glob("*/*")] + [f"process {pid}" for pid in _marked(str(root))]

    def end(self) -> None:
        """Leave nothing behind, whatever became of the test."""
        with self.engine("manual") as engine:
            for cluster in engine.clusters.list():
                engine.clusters.delete(cluster.name, force=True).result(120)

    @contextmanager
    def engine(self, resume: Any = "auto") -> Iterator[Engine]:
        """An engine that lives."""
        enter(str(self.root))
        with Engine.open(self.url, plugins=plugins(self.root / "made"), resume=resume) as opened:
            yield opened

    def _is_begun(self, engine: Engine, order: Order) -> bool:
        records = engine._store.operations()
        known, self.names = self.names, {record.id for record in records}
        return bool(self.names - known)

    def remember(self) -> None:
        """Take note of the operations there are: what comes later is new."""
        with self.engine("manual") as engine:
            self.names = {record.id for record in engine._store.operations()}

    def _settle(self, engine: Engine) -> None:
        for operation in engine.resume():
            operation.result(120)
        unfinished = list(engine._store.operations(unfinished=True))
        for record in unfinished:  # the engine's own heart was quicker
            if (running := engine.clusters.operation(record.cluster_name)) is not None:
                running.result(120)
        assert engine._store.operations(unfinished=True) == []

    def _machines(self, clusters: list[Cluster]) -> dict[str, Any]:
        provider = LocalProvider(self.root / "machines")
        listed = {(each.machine_id, each.client_token) for each in provider.list_machines("")}
        known = {(each.instance_id, each.client_token) for cluster in clusters for each in cluster.instances}
        return {"count": len(listed), "leaked": sorted(listed - known), "missing": sorted(known - listed)}


_CHANGING = {"id", "instance_id", "client_token", "internal_ip", "management_ip", "created_at", "updated_at"}
_CHANGING |= {"nova_info", "info"}
_NUMBERED = re.compile(r"(demo-[a-z]+-)\d+")


def _plain(thing: Any) -> Any:
    """A document without what is another each time."""
    match thing:
        case dict():
            return {key: _plain(value) for key, value in thing.items() if key not in _CHANGING}
        case list():
            return [_plain(each) for each in thing]
        case str():
            return _NUMBERED.sub(r"\1N", thing)
        case _:
            return thing


def _processes(cluster: Cluster) -> list[Any]:
    """The services of each instance, and whether they run."""
    provider, found = LocalProvider(), []
    for instance in cluster.instances:
        with closing(connect(provider.get_endpoint(cluster, instance))) as remote:
            services = remote.services.status()
        found.append((instance.node_group.name, {name: each.is_running for name, each in sorted(services.items())}))
    return found


def _marked(root: str) -> list[int]:
    """Processes that were started below a directory, this one and its children not counted."""
    found = []
    for directory in Path("/proc").iterdir():
        if directory.name.isdecimal() and int(directory.name) != os.getpid():
            try:
                told = (directory / "environ").read_bytes() + (directory / "cmdline").read_bytes()
            except OSError:
                continue
            if root.encode() in told:
                found.append(int(directory.name))
    return found
