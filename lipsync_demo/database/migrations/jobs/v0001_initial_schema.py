"""The schema before migrations; existing tables are adopted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the missing tables and columns."""
    op.create_table(
        "jobs",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("created_ms", sa.Integer, nullable=False),
        sa.Column("claimed_ms", sa.Integer),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("video", sa.Text, nullable=False),
        sa.Column("audio", sa.Text, nullable=False),
        sa.Column("sync_mode", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("outputs", sa.JSON, nullable=False),
        sa.Column("nsfw", sa.JSON, nullable=False),
        sa.Column("code", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("queue_ms", sa.Float, nullable=False),
        sa.Column("inference_ms", sa.Float, nullable=False),
        sa.Column("execution_ms", sa.Float, nullable=False),
        sa.Column("fault", sa.String(32)),
        sa.Column("decreed", sa.Boolean, nullable=False),
        sa.Column("found", sa.JSON),
        sa.Column("base64", sa.Boolean),
        if_not_exists=True,
    )
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("jobs")}
    for column in (sa.Column("found", sa.JSON), sa.Column("base64", sa.Boolean)):
        if column.name not in there:
            op.add_column("jobs", column)
    _index("jobs", "created_ms", "status")
    op.create_table(
        "uploads",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("ticket", sa.String(64), nullable=False, unique=True),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("content_type", sa.String(255), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("created_ms", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    _index("uploads", "created_ms")
    op.create_table(
        "deliveries",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("base_url", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    _index("deliveries", "job_id")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)
