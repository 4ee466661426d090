"""Statements on the clusters: rows in and out, within a transaction of the caller's."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from serai.engine.documents.nearest import suggestion
from serai.engine.store.tables import clusters
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import NotFound, SeraiError


def add(connection: Connection, cluster: Cluster, document: str) -> None:
    """Insert a new cluster.

    Raises:
        SeraiError: with the code NAME_ALREADY_EXISTS.
    """
    if cluster.name in _names(connection):
        raise SeraiError(
            f"a cluster {cluster.name} exists already",
            code="NAME_ALREADY_EXISTS",
            place=cluster.name,
            hint="choose another name, or delete that cluster first",
        )
    connection.execute(insert(clusters).values(id=cluster.id, revision=1, **_columns(cluster, document)))


def save(connection: Connection, cluster: Cluster, document: str) -> None:
    """Update a cluster that is there; its revision counts how often that was done.

    Raises:
        NotFound: it is not there.
    """
    columns = {"revision": clusters.c.revision + 1, **_columns(cluster, document)}
    if not connection.execute(update(clusters).where(clusters.c.id == cluster.id).values(**columns)).rowcount:
        raise not_found(connection, cluster.name)


def document(connection: Connection, name: str) -> str:
    """The document of a cluster.

    Raises:
        NotFound: there is none of that name; the hint names the nearest.
    """
    found = connection.execute(select(clusters.c.document).where(clusters.c.name == name)).scalar()
    if found is None:
        raise not_found(connection, name)
    return str(found)


def documents(connection: Connection) -> Sequence[str]:
    """The documents of all clusters, by name."""
    return connection.execute(select(clusters.c.document).order_by(clusters.c.name)).scalars().all()


def exists(connection: Connection, cluster_id: str) -> bool:
    """Whether the cluster is in the store."""
    return connection.execute(select(clusters.c.id).where(clusters.c.id == cluster_id)).first() is not None


def remove(connection: Connection, cluster_id: str) -> None:
    """Delete a cluster; one that is not there is no error."""
    connection.execute(delete(clusters).where(clusters.c.id == cluster_id))


def not_found(connection: Connection, name: str) -> NotFound:
    """The error for a cluster that is not there."""
    names = _names(connection)
    hint = suggestion(name, names) if names else "the store holds no cluster"
    return NotFound(f"there is no cluster {name}", code="CLUSTER_NOT_FOUND", place=name, hint=hint)


def _names(connection: Connection) -> Sequence[str]:
    return connection.execute(select(clusters.c.name).order_by(clusters.c.name)).scalars().all()


def _columns(cluster: Cluster, text: str) -> dict[str, object]:
    return {
        "name": cluster.name,
        "plugin_name": cluster.plugin_name,
        "hadoop_version": cluster.hadoop_version,
        "status": cluster.status.value,
        "status_reason": cluster.status_reason,
        "document": text,
        "created_at": cluster.created_at,
        "updated_at": cluster.updated_at,
    }
