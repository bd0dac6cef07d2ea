"""Who asked for what is spent, and the runs of access codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the visitor, code and hashed address to the ledger, and the table of codes' runs."""
    for column in ("owner", "code", "origin"):
        op.add_column("ledger", sa.Column(column, sa.String(64)))
        op.create_index(f"ix_ledger_{column}", "ledger", [column])
    op.create_table(
        "code_runs",
        sa.Column("line", sa.String(48), primary_key=True),
        sa.Column("code", sa.String(64), nullable=False),
    )
    op.create_index("ix_code_runs_code", "code_runs", ["code"])
