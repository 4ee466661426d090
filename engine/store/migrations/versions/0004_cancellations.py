"""Cancellations: operations that are to stop, whichever engine acts for them."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.create_table(
        "cancellations",
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("operation_id", name="pk_cancellations"),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name="fk_cancellations_operation_id"),
    )


def downgrade() -> None:
    op.drop_table("cancellations")
