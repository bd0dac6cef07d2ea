"""Blind votes on comparisons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table of votes."""
    op.create_table(
        "votes",
        sa.Column("group_id", sa.String(32), primary_key=True),
        sa.Column("voter", sa.String(32), primary_key=True),
        sa.Column("first", sa.String(32), primary_key=True),
        sa.Column("second", sa.String(32), primary_key=True),
        sa.Column("preferred", sa.String(32)),
        sa.Column("cast_us", sa.BigInteger(), nullable=False),
    )
