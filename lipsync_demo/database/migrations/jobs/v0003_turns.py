"""Whose a job is, so that several people take turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; earlier jobs are nobody's."""
    op.add_column("jobs", sa.Column("turn", sa.String(64)))
