"""Leases: who may act for an operation, until when, and how often it was taken up; and commits, for when in doubt."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("operations", sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("journal", sa.Column("owner", sa.String(), nullable=False, server_default=""))
    op.add_column("journal", sa.Column("token", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "leases",
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("expires", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("operation_id", name="pk_leases"),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name="fk_leases_operation_id"),
    )
    op.create_table(
        "commits",
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("writer", name="pk_commits"),
    )


def downgrade() -> None:
    op.drop_table("commits")
    op.drop_table("leases")
    op.drop_column("journal", "token")
    op.drop_column("journal", "owner")
    op.drop_column("operations", "attempt")
