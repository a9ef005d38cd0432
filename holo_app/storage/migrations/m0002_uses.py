"""What calls to providers used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "uses",
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("cost_micros", sa.Integer()),
        sa.Column("currency", sa.String()),
        sa.Column("measured", sa.Boolean(), nullable=False),
        sa.Column("turn", sa.Uuid()),
        sa.CheckConstraint("(cost_micros IS NULL) = (currency IS NULL)", name="cost_has_currency"),
    )
    op.create_index("ix_uses_at", "uses", ["at"])
