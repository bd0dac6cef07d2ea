"""The widgets of the page: their types, settings and places, as JSON for `bare.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import read_settings


def widgets() -> dict[str, Any]:
    """The page's components, and the tree they stand in."""
    from lipsync_demo.ui import page

    settings = read_settings()
    uploads = settings.data_dir / "uploads"
    uploads.mkdir(parents=True, exist_ok=True)
    with Workspace(settings) as workspace:
        blocks = page.build(settings, workspace, signed_media(settings), uploads)
        return {
            "components": [
                {"id": one._id, "type": one.get_block_name(), "props": one.get_config()}
                for one in blocks.blocks.values()
            ],
            "layout": blocks.default_config.get_config()["layout"],
        }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(widgets(), default=str), encoding="utf-8")
