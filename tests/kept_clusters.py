"""Clusters in stores without an operation: what tests begin with, and look at as it is stored.

The engine has no such way: it writes a cluster under the lease of an operation alone.
"""

import json
from typing import Any

from serai.engine.store import clusters
from serai.engine.store.store import Store
from serai.hookspec.cluster import Cluster


def add_cluster(store: Store, cluster: Cluster) -> None:
    """Store a new cluster, as the beginning of its first operation does."""
    document = store._first_document(cluster)
    store._write(lambda connection: clusters.add(connection, cluster, document))


def save_cluster(store: Store, cluster: Cluster) -> None:
    """Store a cluster as it now is, as an operation does that changed it."""
    document = store._dated_document(cluster)
    store._write(lambda connection: clusters.save(connection, cluster, document))


def remove_cluster(store: Store, cluster_id: str) -> None:
    """Forget a cluster, as the end of an operation does that deleted it."""
    store._write(lambda connection: clusters.remove(connection, cluster_id))


def cluster_documents(store: Store) -> list[dict[str, Any]]:
    """The documents of all clusters as they are stored, by name; secrets in them are sealed."""
    return [json.loads(document) for document in store._read(clusters.documents)]
