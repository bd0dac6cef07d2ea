"""Browser sessions that are shown recorded results only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table of these sessions."""
    op.create_table("recorded_only", sa.Column("session", sa.String(32), primary_key=True))
