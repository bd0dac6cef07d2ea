"""Jobs with a choice of the label that says that the output is AI-generated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; earlier jobs take the server's default."""
    op.add_column("jobs", sa.Column("ai_label", sa.String(32)))
