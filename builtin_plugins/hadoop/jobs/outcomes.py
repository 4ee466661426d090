"""How a job is, from how its client ended and what YARN says of its applications."""

from collections.abc import Sequence
from typing import Any

from serai.builtin_plugins.hadoop.jobs.applications import Application
from serai.hookspec.edp import JobStatus

Info = dict[str, Any]


def job_info(client: Info, applications: Sequence[Application], *, is_one: bool) -> Info:
    """How a job is.

    It runs as long as its client or an application does. Then a job that is one application is as that is, whatever
    became of the client; any other is as its client says, who alone knows what the applications were for.

    Args:
        client: how the process is that submits, as of
            :meth:`~serai.hookspec.process_jobs.ProcessJobEngine.get_job_status`.
        applications: those of the job.
        is_one: whether the job is exactly one application.
    """
    known = {"applications": [_shown(each) for each in applications]} if applications else {}
    if client["status"] is JobStatus.RUNNING or not all(each.is_over for each in applications):
        return {"status": JobStatus.RUNNING, **known}
    if client["status"] is JobStatus.KILLED or not applications:
        return {**_without_application(client, is_one=is_one), **known}
    if is_one or client["status"] is JobStatus.DONEWITHERROR:
        return {**_as_applications(client, applications, is_one=is_one), **known}
    return {**client, **_reason(client, applications), **known}


def _without_application(client: Info, *, is_one: bool) -> Info:
    if is_one and client["status"] is JobStatus.SUCCEEDED:
        reason = "its client submitted it, and the ResourceManager has forgotten it"
        return {**client, "status": JobStatus.DONEWITHERROR, "reason": reason}
    return client


def _as_applications(client: Info, applications: Sequence[Application], *, is_one: bool) -> Info:
    last = applications[-1]
    if is_one:
        ended = {"reason": last.diagnostics} if last.status is not JobStatus.SUCCEEDED and last.diagnostics else {}
        kept: Info = {name: client[name] for name in ("exit_code", "stderr") if name in client}
        return {**kept, "status": last.status, **ended}
    said = ", ".join(f"{each.id} {each.status}" for each in applications)
    return {**client, "reason": f"{client.get('reason', '')}; of its applications: {said}"}


def _reason(client: Info, applications: Sequence[Application]) -> Info:
    """Why a client failed is told best by the application that did."""
    if client["status"] is not JobStatus.FAILED:
        return {}
    unwell = [each for each in applications if each.status is not JobStatus.SUCCEEDED]
    if not unwell:
        return {}
    last = unwell[-1]
    status = JobStatus.KILLED if last.status is JobStatus.KILLED else JobStatus.FAILED
    said = f": {last.diagnostics}" if last.diagnostics else ""
    return {"status": status, "reason": f"{last.id} {last.status}{said}"}


def _shown(application: Application) -> dict[str, Any]:
    return {
        "id": application.id,
        "state": application.state,
        "status": str(application.status),
        "progress": round(application.progress, 1),
    }
