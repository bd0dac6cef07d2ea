"""The schema before migrations; existing tables are adopted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the missing tables and column."""
    for name, own in (
        ("runs", sa.Column("backend", sa.String(16), nullable=False)),
        ("groups", sa.Column("kind", sa.String(16), nullable=False)),
    ):
        op.create_table(
            name,
            own,
            sa.Column("id", sa.String(32), primary_key=True),
            sa.Column("created_us", sa.BigInteger, nullable=False),
            sa.Column("state", sa.String(16), nullable=False),
            sa.Column("owner", sa.String(64)),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("record", sa.JSON, nullable=False),
            if_not_exists=True,
        )
        _index(name, "created_us", "state")
    op.create_table(
        "ledger",
        sa.Column("id", sa.String(48), primary_key=True),
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("session", sa.String(32)),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("amount", sa.String(32)),
        sa.Column("floor", sa.Boolean, nullable=False),
        sa.Column("currency", sa.String(8), nullable=False),
        sa.Column("balance", sa.String(32)),
        sa.Column("charged", sa.String(32)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("ended_us", sa.BigInteger),
        sa.Column("task", sa.String(128)),
        sa.Column("model", sa.String(128)),
        if_not_exists=True,
    )
    # Ledgers from before the choice of models have no such column.
    if "model" not in {c["name"] for c in sa.inspect(op.get_bind()).get_columns("ledger")}:
        op.add_column("ledger", sa.Column("model", sa.String(128)))
    _index("ledger", "run_id", "at_us", "session", "state")
    op.create_table(
        "limits",
        sa.Column("session", sa.String(32), primary_key=True),
        sa.Column("amount", sa.String(32), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "charges",
        sa.Column("line", sa.String(48), primary_key=True),
        sa.Column("deducted", sa.String(32)),
        sa.Column("refunded", sa.String(32)),
        sa.Column("asked_us", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "shares",
        sa.Column("name", sa.String(43), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("target", sa.String(32), nullable=False),
        sa.Column("expires_us", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        if_not_exists=True,
    )
    _index("shares", "target")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)
