"""A claim asks who had a turn lately: without an index it reads every job that is kept."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_jobs_claimed_ms", "jobs", ["claimed_ms"])
