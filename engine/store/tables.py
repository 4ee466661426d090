"""The tables, as they are now. How they came to be so is told by the migrations."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
)

from serai.engine.store.columns import Json, Moment, Words

REVISION: Final = "0005"
"""The newest migration: what an up-to-date store says of itself. Read here so that opening one needs no Alembic."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

clusters = Table(
    "clusters",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("plugin_name", String, nullable=False),
    Column("hadoop_version", String, nullable=False),
    Column("status", String, nullable=False),
    Column("status_reason", Words, nullable=False),
    Column("document", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

# Operations and events refer to clusters by value, not by foreign key: they are history and outlive them.
operations = Table(
    "operations",
    metadata,
    Column("id", String, primary_key=True),
    Column("cluster_id", String, nullable=False),
    Column("cluster_name", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("phase", String, nullable=False),
    Column("request", Json, nullable=False),
    Column("state", Json, nullable=False),
    Column("error", Json),
    Column("owner", String, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    # In the order they were stored: engines on several machines have several clocks, and one may be set back.
    Column("sequence", Integer, nullable=False, server_default="0"),
)
Index("uq_operations_sequence", operations.c.sequence, unique=True)

# Written out in each statement, so that databases see that the index below serves it.
is_unfinished = operations.c.status.in_(
    bindparam("unfinished", ["pending", "running"], expanding=True, literal_execute=True)
)
Index(
    "uq_operations_one_unfinished",
    operations.c.cluster_id,
    unique=True,
    sqlite_where=operations.c.status.in_(["pending", "running"]),
    postgresql_where=operations.c.status.in_(["pending", "running"]),
)

journal = Table(
    "journal",
    metadata,
    Column("operation_id", String, ForeignKey("operations.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("phase", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("detail", Json, nullable=False),
    Column("owner", String, nullable=False, server_default=""),
    Column("token", Integer, nullable=False, server_default="1"),
)

# What was committed by connections to a server that are gone before they could be told: the last of each one's.
commits = Table(
    "commits",
    metadata,
    Column("writer", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

# Who may act for an operation that has not ended. Apart from it, so that renewing leases touches nothing else.
leases = Table(
    "leases",
    metadata,
    Column("operation_id", String, ForeignKey("operations.id"), primary_key=True),
    Column("holder", String, nullable=False),
    Column("clock", String, nullable=False),
    Column("expires", Double, nullable=False),
)

# Asked by anybody; read by whoever acts for the operation. Apart from it, for that one writes all of its row.
cancellations = Table(
    "cancellations",
    metadata,
    Column("operation_id", String, ForeignKey("operations.id"), primary_key=True),
    Column("asked_at", Moment, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("operation_id", String, nullable=False, index=True),
    Column("cluster_name", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("time", Moment, nullable=False),
    Column("phase", String, nullable=False),
    Column("step", Words, nullable=False),
    Column("host", String, nullable=False),
    Column("message", Words, nullable=False),
    Column("data", Json, nullable=False),
    sqlite_autoincrement=True,  # a sequence is never given twice, whatever was deleted
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("cluster_name", String, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
)

# A claim outlives its cluster when the cluster is forgotten first: it goes when its machine is given back.
claims = Table(
    "claims",
    metadata,
    Column("provider", String, primary_key=True),
    Column("machine_id", String, primary_key=True),
    Column("token", String, nullable=False),
    Column("cluster_id", String, nullable=False),
    Column("cluster_name", String, nullable=False),
    Column("since", Moment, nullable=False),
    Column("info", Json, nullable=False),
    UniqueConstraint("provider", "token"),
)
