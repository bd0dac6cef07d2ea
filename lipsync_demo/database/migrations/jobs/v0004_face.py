"""Jobs with a choice of the face that speaks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; earlier jobs take the server's default."""
    op.add_column("jobs", sa.Column("face", sa.String(32)))
