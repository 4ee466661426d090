"""Statements on jobs, within a transaction of the caller's."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from serai.engine.store.tables import jobs
from serai.hookspec.edp import JobExecution
from serai.hookspec.errors import NotFound


def save(connection: Connection, execution: JobExecution, document: str) -> None:
    """Insert a job, or update the one of its id."""
    columns = {
        "cluster_name": execution.cluster_name,
        "status": execution.status.value,
        "document": document,
        "created_at": execution.created_at,
        "finished_at": execution.finished_at,
    }
    done = connection.execute(update(jobs).where(jobs.c.id == execution.id).values(**columns))
    if done.rowcount == 0:
        connection.execute(insert(jobs).values(id=execution.id, **columns))


def document(connection: Connection, job_id: str) -> str:
    """The document of a job.

    Raises:
        NotFound: there is no job of that id.
    """
    found: str | None = connection.execute(select(jobs.c.document).where(jobs.c.id == job_id)).scalar()
    if found is None:
        raise NotFound(f"there is no job {job_id}", code="JOB_NOT_FOUND", place=job_id)
    return found


def documents(connection: Connection, cluster_name: str | None) -> Sequence[str]:
    """The documents of jobs, oldest first."""
    query = select(jobs.c.document).order_by(jobs.c.created_at, jobs.c.id)
    if cluster_name is not None:
        query = query.where(jobs.c.cluster_name == cluster_name)
    return connection.execute(query).scalars().all()
