"""The scheduler's HTTP API, read strictly: what cannot be read proves nothing."""

import json
from collections.abc import Collection
from typing import Any, Final

from attrs import frozen

from serai.builtin_plugins.dask.topology import scheduler_instance, scheduler_url
from serai.hookspec.errors import SeraiError
from serai.hookspec.objects import Cluster
from serai.hookspec.remote import Remote

_RETIRED: Final = "closed"


class UnreadableAnswer(SeraiError):
    """The scheduler's HTTP server said something that a Dask scheduler does not say."""

    code = "DASK_UNREADABLE_ANSWER"


@frozen
class ListedWorker:
    """A worker as the scheduler lists it.

    Attributes:
        name: what it was started as.
        address: ``tcp://<ip>:<port>``; unique.
    """

    name: str
    address: str


@frozen
class SchedulerApi:
    """The scheduler of one cluster, asked from its own machine.

    Attributes:
        remote: the scheduler's instance.
        url: its HTTP server.
    """

    remote: Remote
    url: str

    @classmethod
    def of(cls, cluster: Cluster) -> "SchedulerApi":
        """The API of a cluster's scheduler; its instance must be connected."""
        return cls(scheduler_instance(cluster).remote, scheduler_url(cluster))

    def is_healthy(self, *, timeout: float = 5.0) -> bool:
        """Whether it says of itself that it is well.

        Raises:
            RemoteError: it does not answer.
        """
        return self.remote.http(f"{self.url}/health", timeout=timeout).strip() == b"ok"

    def workers(self, *, timeout: float = 10.0) -> tuple[ListedWorker, ...]:
        """The workers it knows at this moment.

        Raises:
            RemoteError: it does not answer.
            UnreadableAnswer: it answers something else.
        """
        return parse_workers(self.remote.http(f"{self.url}/api/v1/get_workers", timeout=timeout))

    def addresses(self) -> frozenset[str]:
        """The addresses of :meth:`workers`."""
        return frozenset(worker.address for worker in self.workers())

    def retire(self, addresses: Collection[str], *, timeout: float) -> frozenset[str]:
        """Have workers move their data to others and leave the cluster; returns when they did.

        Args:
            addresses: which workers.
            timeout: seconds for all of them.

        Returns:
            The addresses of those that did. A worker whose data nobody could take is not among them.

        Raises:
            RemoteError: it does not answer.
            UnreadableAnswer: it answers something else.
        """
        if not addresses:
            return frozenset()
        answer = self.remote.http(
            f"{self.url}/api/v1/retire_workers",
            data=json.dumps({"workers": sorted(addresses)}).encode(),
            headers={"Content-Type": "application/json"},
            timeout=timeout,
        )
        return parse_retired(answer, addresses)


def parse_workers(answer: bytes) -> tuple[ListedWorker, ...]:
    """Read the answer of ``get_workers``: ``{"num_workers": 1, "workers": [{"name": …, "address": …}]}``.

    Raises:
        UnreadableAnswer: it is anything else, or contradicts itself.
    """
    document = _object(answer, "get_workers")
    listed, count = document.get("workers"), document.get("num_workers")
    if not isinstance(listed, list) or type(count) is not int or count != len(listed):
        raise _unreadable("get_workers", "the number of workers and their list disagree")
    workers = tuple(_listed_worker(item) for item in listed)
    if len({worker.address for worker in workers}) != count:
        raise _unreadable("get_workers", "two workers have one address")
    return workers


def _listed_worker(item: Any) -> ListedWorker:
    if not isinstance(item, dict) or not isinstance(item.get("address"), str) or not item["address"]:
        raise _unreadable("get_workers", "a worker has no address")
    return ListedWorker(name=str(item.get("name", "")), address=item["address"])


def parse_retired(answer: bytes, asked: Collection[str]) -> frozenset[str]:
    """Read the answer of ``retire_workers``: ``{"tcp://…": {"status": "closed", …}}``.

    Args:
        answer: what the scheduler said.
        asked: the addresses it was asked to retire.

    Raises:
        UnreadableAnswer: it is anything else, or names a worker nobody asked about.
    """
    document = _object(answer, "retire_workers")
    if strangers := set(document) - set(asked):
        raise _unreadable("retire_workers", f"nobody asked about {', '.join(sorted(strangers))}")
    for address, worker in document.items():
        if not isinstance(worker, dict) or worker.get("status") != _RETIRED:
            raise _unreadable("retire_workers", f"{address} is not said to be {_RETIRED}")
    return frozenset(document)


def _object(answer: bytes, call: str) -> dict[str, Any]:
    try:
        document = json.loads(answer)
    except ValueError as error:  # of the text's encoding as well as of JSON
        raise _unreadable(call, "it is no JSON") from error
    if not isinstance(document, dict):
        raise _unreadable(call, "it is no JSON object")
    return document


def _unreadable(call: str, what: str) -> UnreadableAnswer:
    return UnreadableAnswer(
        f"the answer to {call} cannot be read: {what}",
        place="scheduler",
        hint="see whether something else listens on the scheduler's HTTP port",
    )
