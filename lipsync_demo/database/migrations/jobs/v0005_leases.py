"""Who renders a job, until when without a sign of life, and how far it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns and the table; earlier claims are those of an embedded queue."""
    op.add_column("jobs", sa.Column("claim", sa.String(16)))
    op.add_column("jobs", sa.Column("worker", sa.String(64)))
    op.add_column("jobs", sa.Column("lease_ms", sa.BigInteger()))
    op.add_column("jobs", sa.Column("share", sa.Float()))
    op.add_column("jobs", sa.Column("patient", sa.Boolean()))
    op.create_table(
        "workers",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("release", sa.String(32), nullable=False),
        sa.Column("processes", sa.Integer(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text()),
    )
