"""The applications that a job has in YARN: found by a tag that bears the job's identifier, and killed.

See https://hadoop.apache.org/docs/stable/hadoop-yarn/hadoop-yarn-site/ResourceManagerRest.html.
"""

import json
from typing import Final

from attrs import frozen

from serai.builtin_plugins.hadoop.addresses import resourcemanager_url
from serai.builtin_plugins.hadoop.resourcemanager import UnreadableResourceManager
from serai.builtin_plugins.hadoop.topology import resourcemanager_instance
from serai.builtin_plugins.leader_workers.answers import Answer, read_answer
from serai.hookspec.edp import JobExecution, JobStatus
from serai.hookspec.objects import Cluster

MAPREDUCE: Final = "MAPREDUCE"
"""What YARN calls an application that is a job of MapReduce."""

_REST: Final = "/ws/v1/cluster/apps"
_OUTCOMES: Final = {
    "SUCCEEDED": JobStatus.SUCCEEDED,
    "FAILED": JobStatus.FAILED,
    "KILLED": JobStatus.KILLED,
}
_OVER: Final = frozenset(("FINISHED", "FAILED", "KILLED"))


@frozen
class Application:
    """An application as the ResourceManager lists it.

    Attributes:
        id: ``application_…``.
        kind: ``MAPREDUCE``, ``SPARK``…
        state: ``ACCEPTED``, ``RUNNING``, ``FINISHED``…
        final_status: how it says that it ended; ``UNDEFINED`` before.
        progress: per cent.
        diagnostics: what it complains of; ``""`` for nothing.
    """

    id: str
    kind: str
    state: str
    final_status: str
    progress: float
    diagnostics: str

    @property
    def is_over(self) -> bool:
        """Whether it will never run again."""
        return self.state in _OVER

    @property
    def status(self) -> JobStatus:
        """The same for a job; one that ended without a word on how has failed."""
        return _OUTCOMES.get(self.final_status, JobStatus.FAILED) if self.is_over else JobStatus.RUNNING

    @property
    def job_id(self) -> str:
        """What MapReduce calls it."""
        return self.id.replace("application_", "job_", 1)


def tag(execution: JobExecution) -> str:
    """By which the applications of a job are found. The ResourceManager turns tags to lower case."""
    return f"serai-job-{execution.id}".lower()


def ask_applications(cluster: Cluster, wanted: str, *, timeout: float = 10.0) -> tuple[Application, ...]:
    """Ask the ResourceManager for the applications with a tag, in the order they were submitted.

    Args:
        cluster: whose.
        wanted: the tag.
        timeout: seconds.

    Raises:
        RemoteError: it does not answer, or (UnreadableResourceManager) is none.
    """
    instance = resourcemanager_instance(cluster)
    url = f"{resourcemanager_url(cluster)}{_REST}?applicationTags={wanted}"
    return parse_applications(instance.remote.http(url, timeout=timeout), instance.instance_name)


def kill_application(cluster: Cluster, application: Application, *, timeout: float = 10.0) -> None:
    """Ask the ResourceManager to kill an application; arguments and errors are those of :func:`ask_applications`."""
    instance = resourcemanager_instance(cluster)
    url = f"{resourcemanager_url(cluster)}{_REST}/{application.id}/state?user.name={instance.remote.facts.user}"
    wish = json.dumps({"state": "KILLED"}).encode()
    headers = {"Content-Type": "application/json"}
    instance.remote.http(url, method="PUT", data=wish, headers=headers, timeout=timeout)


def parse_applications(answer: bytes, host: str = "") -> tuple[Application, ...]:
    """Read the answer of ``/ws/v1/cluster/apps``.

    Args:
        answer: what it said.
        host: who said it, for the error.

    Raises:
        UnreadableResourceManager: it is anything else.
    """
    document = read_answer(answer, lambda what: _unreadable(host, what))
    if "apps" not in document.data:
        raise document.unreadable("'apps' is not there")
    if document.data["apps"] in (None, "", {}):
        return ()
    listed = (_application(item) for item in document.object("apps").items("app"))
    return tuple(sorted(listed, key=lambda each: each.id))


def _application(item: Answer) -> Application:
    progress: object = item.data.get("progress")
    return Application(
        id=item.field("id", str),
        kind=item.field("applicationType", str),
        state=item.field("state", str),
        final_status=item.field("finalStatus", str),
        progress=float(progress) if isinstance(progress, int | float) else 0.0,
        diagnostics=str(item.data.get("diagnostics") or "").strip(),
    )


def _unreadable(host: str, what: str) -> UnreadableResourceManager:
    return UnreadableResourceManager(
        f"what answered cannot be read as a ResourceManager's: {what}",
        host=host,
        hint="see whether something else listens on the port of yarn.resourcemanager.webapp.address",
    )
