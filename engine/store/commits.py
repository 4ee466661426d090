"""Whether a transaction was committed whose connection broke before it was told.

A server that is killed, or a line that breaks, may leave a client without an answer to its COMMIT. So each connection
to a server has a row that counts its transactions, and counts in each of them: what the row says is what was
committed. (The server's own transaction ids do not tell: one that was lost with the server is given again.)
"""

from typing import Final
from uuid import uuid4

from attrs import frozen
from sqlalchemy import Connection, delete, func, select, text

from serai.engine.store.tables import commits

_WRITER: Final = "serai_writer"
_OLD: Final = text("now() - interval '1 day'")


@frozen
class Signature:
    """Names one transaction.

    Attributes:
        writer: the connection it was made on.
        number: its number there.
    """

    writer: str
    number: int


def sign(connection: Connection) -> Signature | None:
    """Come here last in a transaction that writes; None on a database whose commits are never in doubt."""
    if connection.dialect.name != "postgresql":
        return None
    from sqlalchemy.dialects.postgresql import insert

    before: Signature | None = connection.info.get(_WRITER)
    if before is None:
        connection.execute(delete(commits).where(commits.c.at < _OLD))
    signature = Signature(before.writer, before.number + 1) if before else Signature(uuid4().hex, 1)
    connection.info[_WRITER] = signature
    counted = {"number": signature.number, "at": func.now()}
    row = insert(commits).values(writer=signature.writer, **counted)
    connection.execute(row.on_conflict_do_update(index_elements=[commits.c.writer], set_=counted))
    return signature


def was_committed(connection: Connection, signature: Signature) -> bool:
    """Whether a transaction was committed whose connection is gone. To be asked in a transaction that writes.

    Writers take turns: when it is this one's, that one is over in whatever way.
    """
    query = select(commits.c.number).where(commits.c.writer == signature.writer)
    return connection.execute(query).scalar() == signature.number
