"""Writes docs/openapi.json anew: `python -m tests.unit.api.description`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from lipsync_demo.api.v1.app import Api
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings

PLACE = Path(__file__).resolve().parents[3] / "docs/openapi.json"


def described() -> dict[str, Any]:
    """The description of the JSON API as it is now."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        with Workspace(settings) as workspace:
            return Api(settings, workspace).openapi()


def written() -> str:
    """The same as the file has it."""
    return json.dumps(described(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PLACE.write_text(written(), encoding="utf-8")
