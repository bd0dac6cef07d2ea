"""Browser sessions that switched “Recorded results only” off are known as such."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add whether it is on; the sessions so far are those for which it is."""
    op.add_column(
        "recorded_only",
        sa.Column("switched_on", sa.Boolean, nullable=False, server_default=sa.true()),
    )
