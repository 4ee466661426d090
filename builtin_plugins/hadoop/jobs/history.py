"""What the history server knows of a job of MapReduce that has ended: counters, failed tasks, their logs.

See https://hadoop.apache.org/docs/stable/hadoop-mapreduce-client/hadoop-mapreduce-client-hs/HistoryServerRest.html.
In Hadoop 3.5 its lists of one element are that element alone; lists are read as well.
"""

from collections.abc import Mapping
from typing import Any, Final

from attrs import asdict, frozen

from serai.builtin_plugins.hadoop.topology import history_url, resourcemanager_instance
from serai.builtin_plugins.leader_workers.answers import Answer, read_answer
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster

LOG_LIMIT: Final = 64 * 1024
"""How much of each log of a failed task is shown, in bytes: the last of it."""

_LOGS: Final = ("stdout", "stderr", "syslog")
_BEFORE, _AFTER = "LogContents:\n", "\nEnd of LogType:"

Counters = Mapping[str, Mapping[str, int]]


class UnreadableHistory(RemoteError):
    """What answered said something that the history server does not say."""

    code = "HADOOP_UNREADABLE_HISTORY"


@frozen
class FailedAttempt:
    """An attempt at a task that failed.

    Attributes:
        id: ``attempt_…``.
        container: where it ran: ``container_…``.
        node: ``ip:port`` of the pages of its NodeManager.
        diagnostics: what it complains of.
    """

    id: str
    container: str
    node: str
    diagnostics: str

    def as_info(self) -> dict[str, Any]:
        """JSON-compatible."""
        return asdict(self)


def ask_counters(cluster: Cluster, job_id: str) -> Counters:
    """The counters of a job by group and name.

    Raises:
        RemoteError: no history server tells.
    """
    return parse_counters(_ask(cluster, f"/{job_id}/counters"))


def ask_failures(cluster: Cluster, job_id: str) -> tuple[FailedAttempt, ...]:
    """The failed attempts at the first task of a job that failed; none of a job without one.

    Raises:
        RemoteError: no history server tells.
    """
    failed = failed_tasks(_ask(cluster, f"/{job_id}/tasks"))
    return parse_failures(_ask(cluster, f"/{job_id}/tasks/{failed[0]}/attempts")) if failed else ()


def failed_log(cluster: Cluster, failure: Mapping[str, str]) -> str:
    """The last of what a failed attempt wrote: from the logs that YARN collects, before that from its NodeManager."""
    parts = [f"--- {failure['id']} on {failure['node']}\n{failure['diagnostics']}\n"]
    for name in _LOGS:
        if text := _container_log(cluster, failure, name).strip("\n"):
            parts.append(f"--- {name} of {failure['id']}\n{text}\n")
    return "".join(parts)


def parse_counters(answer: Answer) -> Counters:
    """Read the answer of ``/counters``."""
    groups = _each(answer.object("jobCounters"), "counterGroup")
    return {
        group.field("counterGroupName", str): {
            each.field("name", str): each.field("totalCounterValue", int) for each in _each(group, "counter")
        }
        for group in groups
    }


def failed_tasks(answer: Answer) -> list[str]:
    """Read the answer of ``/tasks``: the identifiers of those that failed."""
    return [
        each.field("id", str) for each in _each(answer.object("tasks"), "task") if each.field("state", str) == "FAILED"
    ]


def parse_failures(answer: Answer) -> tuple[FailedAttempt, ...]:
    """Read the answer of ``/attempts``: those that failed."""
    return tuple(
        FailedAttempt(
            id=each.field("id", str),
            container=each.field("assignedContainerId", str),
            node=each.field("nodeHttpAddress", str),
            diagnostics=str(each.data.get("diagnostics") or "").strip(),
        )
        for each in _each(answer.object("taskAttempts"), "taskAttempt")
        if each.field("state", str) == "FAILED"
    )


def read_history(answer: bytes, host: str = "") -> Answer:
    """An answer of the history server; raises UnreadableHistory."""
    return read_answer(answer, lambda what: _unreadable(host, what))


def contents(page: str) -> str:
    """What a log holds, of the page that shows it."""
    _, found, rest = page.partition(_BEFORE)
    return rest.rpartition(_AFTER)[0] if found else ""


def _ask(cluster: Cluster, path: str) -> Answer:
    instance = resourcemanager_instance(cluster)
    answer = instance.remote.http(f"{history_url(cluster)}/ws/v1/history/mapreduce/jobs{path}", timeout=10.0)
    return read_history(answer, instance.instance_name)


def _container_log(cluster: Cluster, failure: Mapping[str, str], name: str) -> str:
    container, remote = failure["container"], resourcemanager_instance(cluster).remote
    places = (f"{history_url(cluster)}/ws/v1/history", f"http://{failure['node']}/ws/v1/node")
    for place in places:
        try:
            page = remote.http(f"{place}/containerlogs/{container}/{name}?size=-{LOG_LIMIT}", timeout=10.0)
        except RemoteError:
            continue  # logs move from the node to HDFS when a job ends, and are in one place or the other
        if text := contents(page.decode(errors="backslashreplace")):
            return text
    return ""


def _each(answer: Answer, name: str) -> list[Answer]:
    if isinstance(answer.data.get(name), dict):
        return [answer.object(name)]
    return answer.items(name) if name in answer.data else []


def _unreadable(host: str, what: str) -> UnreadableHistory:
    return UnreadableHistory(
        f"what answered cannot be read as a history server's: {what}",
        host=host,
        hint="see whether something else listens on the port of mapreduce.jobhistory.webapp.address",
    )
