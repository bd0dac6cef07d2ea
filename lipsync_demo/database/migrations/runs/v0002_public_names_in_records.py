"""Records of runs name their fields as the public JSON does."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change nothing: both names are read, but only versions from here on read the new ones."""
