"""Times in milliseconds and file sizes have 64 bits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the columns that have 32 bits in PostgreSQL."""
    for name, columns in (
        ("jobs", ("created_ms", "claimed_ms")),
        ("uploads", ("size", "created_ms")),
    ):
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.alter_column(
                    column,
                    existing_type=sa.Integer(),
                    type_=sa.BigInteger(),
                    existing_nullable=column == "claimed_ms",
                )
