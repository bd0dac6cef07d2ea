"""Bodies as the API sends them."""

from __future__ import annotations

from typing import Any

from tests.unit.wavespeed.scripted_server import Reply

TASK_ID = "4a1c0e5b6d7f48e9a0b1c2d3e4f50617"
RESULT = f"/api/v3/predictions/{TASK_ID}/result"
SUBMIT = "/api/v3/sync/lipsync-1.9.0-beta"
LIST = "/api/v3/predictions"
BALANCE = "/api/v3/balance"
VIDEO = "https://media.example/video.mp4"
AUDIO = "https://media.example/speech.wav"


def task(status: str = "created", **changes: Any) -> dict[str, Any]:
    """The `data` of a submit as recorded from the API, with changes."""
    return {
        "id": TASK_ID,
        "model": "sync/lipsync-1.9.0-beta",
        "outputs": [],
        "urls": {"get": f"https://api.wavespeed.ai/api/v3/predictions/{TASK_ID}/result"},
        "has_nsfw_contents": [],
        "status": status,
        "created_at": "2025-09-29T23:09:43.027Z",
        "error": "",
        "executionTime": 0,
        "timings": {"inference": 0},
        **changes,
    }


def reply(status: str = "created", **changes: Any) -> Reply:
    return Reply.data(task(status, **changes))


def done(**changes: Any) -> Reply:
    outputs = ["https://cdn.example/output/a.mp4"]
    return reply(
        "completed",
        **{"outputs": outputs, "has_nsfw_contents": [False], "executionTime": 8123, **changes},
    )
