"""The order of operations: as they were stored, whatever the clocks of their engines said."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"
branch_labels: Final = None
depends_on: Final = None

_operations = sa.table("operations", sa.column("id"), sa.column("sequence"), sa.column("created_at"))


def upgrade() -> None:
    op.add_column("operations", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    connection = op.get_bind()
    known = sa.select(_operations.c.id).order_by(_operations.c.created_at, _operations.c.id)
    for sequence, operation_id in enumerate(connection.execute(known).scalars().all(), 1):
        row = sa.update(_operations).where(_operations.c.id == operation_id)
        connection.execute(row.values(sequence=sequence))
    op.create_index("uq_operations_sequence", "operations", ["sequence"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_operations_sequence", "operations")
    op.drop_column("operations", "sequence")
