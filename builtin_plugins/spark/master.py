"""What the master and the workers say of themselves, read strictly: what cannot be read proves nothing."""

from typing import Final
from urllib.parse import urlsplit

from attrs import frozen

from serai.builtin_plugins.leader_workers.answers import Answer, read_answer
from serai.builtin_plugins.spark.topology import Address, master_instance, master_ui_url, worker_ui_url
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance

ALIVE: Final = "ALIVE"
DEAD: Final = "DEAD"
DECOMMISSIONED: Final = "DECOMMISSIONED"
UNLISTED: Final = ""
"""The state of a worker that the master never had, or has forgotten."""

_TIMEOUT: Final = 10.0
_NO_WORKER_YET: Final = "None"


class UnreadableAnswer(RemoteError):
    """What answered said something that Spark does not say. Like no answer, it may be better the next time."""

    code = "SPARK_UNREADABLE_ANSWER"


@frozen
class ListedWorker:
    """A worker as the master lists it.

    Attributes:
        worker_id: its name with the master; a worker that comes back has another.
        address: where it takes orders.
        state: ``ALIVE``, ``DEAD``, ``DECOMMISSIONED`` or ``UNKNOWN``.
        cores: tasks it runs at a time.
        memory: what it hands out, in MiB.
        ui_port: where its pages and JSON are.
    """

    worker_id: str
    address: Address
    state: str
    cores: int
    memory: int
    ui_port: int


@frozen
class MasterState:
    """What the master knows at one moment.

    Attributes:
        status: its own: ``ALIVE`` once it takes workers.
        workers: those it lists; one that came back has its dead former self beside it.
        applications: names of the applications that run.
        driving: ids of the workers on which drivers run, of applications sent to the REST server.
    """

    status: str
    workers: tuple[ListedWorker, ...]
    applications: tuple[str, ...]
    driving: frozenset[str]

    def state_of(self, address: Address) -> str:
        """The state of the worker at an address, by equality; :data:`UNLISTED` when none is there."""
        states = [worker.state for worker in self.workers if worker.address == address]
        return next((state for state in states if state != DEAD), states[0] if states else UNLISTED)

    def on_host(self, host: str) -> tuple[ListedWorker, ...]:
        """The workers of one instance, wherever they listen: every instance has an address of its own."""
        return tuple(worker for worker in self.workers if worker.address.host == host)

    def in_state(self, state: str) -> frozenset[Address]:
        """The addresses of the workers in a state."""
        return frozenset(worker.address for worker in self.workers if self.state_of(worker.address) == state)


@frozen
class WorkerState:
    """What a worker knows of itself.

    Attributes:
        worker_id: its name with the master.
        executors: how many run.
    """

    worker_id: str
    executors: int


def ask_master(cluster: Cluster, *, timeout: float = _TIMEOUT) -> MasterState:
    """Ask a cluster's master, from its own machine.

    Raises:
        RemoteError: it does not answer, or (UnreadableAnswer) is no master.
    """
    instance = master_instance(cluster)
    answer = instance.remote.http(f"{master_ui_url(cluster)}/json/", timeout=timeout)
    return parse_master(answer, instance.instance_name)


def ask_worker(instance: Instance, *, port: int | None = None, timeout: float = _TIMEOUT) -> WorkerState:
    """Ask the worker of an instance, from its own machine; raises what :func:`ask_master` raises.

    Args:
        instance: whose.
        port: where its JSON is; as configured when None.
        timeout: seconds.
    """
    url = worker_ui_url(instance) if port is None else f"http://{instance.internal_ip}:{port}"
    answer = instance.remote.http(f"{url}/json/", timeout=timeout)
    return parse_worker(answer, instance.instance_name)


def parse_master(answer: bytes, host: str = "") -> MasterState:
    """Read the master's JSON.

    Args:
        answer: what it said.
        host: who said it, for the error.

    Raises:
        UnreadableAnswer: it is anything else, or contradicts itself.
    """
    document = _document(answer, host)
    workers = tuple(_listed(item) for item in document.items("workers"))
    alive = sum(worker.state == ALIVE for worker in workers)
    if document.field("aliveworkers", int) != alive:
        raise document.unreadable("the number of workers alive and their list disagree")
    applications = tuple(item.field("name", str) for item in document.items("activeapps"))
    driving = {item.field("worker", str) for item in document.items("activedrivers")} - {_NO_WORKER_YET}
    return MasterState(document.field("status", str), workers, applications, frozenset(driving))


def _listed(item: Answer) -> ListedWorker:
    address = Address(item.field("host", str), item.field("port", int))
    sizes = (item.field("cores", int), item.field("memory", int))
    try:
        ui_port = urlsplit(item.field("webuiaddress", str)).port
    except ValueError:  # a port that is no number, or too large
        ui_port = None
    if ui_port is None:
        raise item.unreadable("'webuiaddress' has no port")
    return ListedWorker(item.field("id", str), address, item.field("state", str), *sizes, ui_port)


def parse_worker(answer: bytes, host: str = "") -> WorkerState:
    """Read a worker's JSON; arguments and errors are those of :func:`parse_master`."""
    document = _document(answer, host)
    return WorkerState(document.field("id", str), len(document.items("executors")))


def _document(answer: bytes, host: str) -> Answer:
    return read_answer(answer, lambda what: _unreadable(host, what))


def _unreadable(host: str, what: str) -> UnreadableAnswer:
    return UnreadableAnswer(
        f"what answered cannot be read as Spark's: {what}",
        host=host,
        hint="see whether something else listens on the webui port",
    )
