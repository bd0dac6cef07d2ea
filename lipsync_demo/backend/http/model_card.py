"""The model's entry in `GET /models`, from which clients build forms."""

from __future__ import annotations

from typing import Any

from lipsync_demo.backend.http import words
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, MODES, SyncMode
from lipsync_demo.settings import MODEL_ID

_SORT_ORDER = 100
"""Value of the entry's `sort_order`, as the API sends it."""


def model_card(base_url: str) -> dict[str, Any]:
    """The entry of the model; `base_url` has no trailing slash."""
    return {
        "model_id": MODEL_ID,
        "name": MODEL_ID,
        "base_price": 0,
        "description": words.ABOUT_MODEL,
        "type": "digital-human",
        "sort_order": _SORT_ORDER,
        "api_schema": {
            "api_schemas": [
                {
                    "type": "model_run",
                    "method": "POST",
                    "server": base_url,
                    "api_path": f"/api/v3/{MODEL_ID}",
                    "request_schema": _request_schema(),
                }
            ]
        },
    }


def _request_schema() -> dict[str, Any]:
    properties = {
        "video": _file(words.ABOUT_VIDEO, "video/*"),
        "audio": _file(words.ABOUT_AUDIO, "audio/*"),
        "sync_mode": {
            "type": "string",
            "description": words.ABOUT_SYNC_MODE
            + " ".join(f"{mode}: {MODES[mode].texts.summary}" for mode in SyncMode),
            "enum": [mode.value for mode in SyncMode],
            "default": DEFAULT_SYNC_MODE.value,
        },
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["video", "audio"],
        "properties": properties,
        "x-order-properties": list(properties),
    }


def _file(description: str, accept: str) -> dict[str, Any]:
    return {
        "type": "string",
        "description": description,
        "x-ui-component": "uploader",
        "x-ui-component-props": {"accept": accept},
    }
