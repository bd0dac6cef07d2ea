"""The processes that drive runs of a shared database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table; processes on one machine lock files instead."""
    op.create_table(
        "owners",
        sa.Column("owner", sa.String(32), primary_key=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("hosts_local", sa.Boolean(), nullable=False),
    )
