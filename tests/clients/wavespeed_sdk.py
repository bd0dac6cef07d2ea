"""Run by the ring with PyPI's `wavespeed` on its path; prints JSON.

wavespeed_sdk.py BASE VIDEO SPEECH   everything the client offers
wavespeed_sdk.py BASE                a wait that is too long for the server
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

MODEL = "sync/lipsync-1.9.0-beta"


def everything(wavespeed: Any, video: str, speech: str) -> dict[str, Any]:
    media = {"video": wavespeed.upload(video)}
    with Path(speech).open("rb") as stream:
        media["audio"] = wavespeed.upload(stream)
    nowhere = {**media, "video": "http://127.0.0.1:9/v.mp4"}
    told = wavespeed.run_no_throw(MODEL, media, enable_sync_mode=True)
    return {
        "version": wavespeed.__version__,
        "media": media,
        "run": wavespeed.run(MODEL, {**media, "sync_mode": "loop"}, poll_interval=0.1),
        "held": wavespeed.run(MODEL, {**media, "seed": 1}, enable_sync_mode=True),
        "told": told,
        "failed": wavespeed.run_no_throw(MODEL, nowhere, poll_interval=0.1),
        "shown": wavespeed.get_result(told["task_id"]),
    }


def too_long(wavespeed: Any) -> dict[str, Any]:
    nowhere = {"video": "http://127.0.0.1:9/v.mp4", "audio": "http://127.0.0.1:9/a.wav"}
    told: dict[str, Any] = wavespeed.run_no_throw(MODEL, nowhere, enable_sync_mode=True)
    return told


if __name__ == "__main__":
    import wavespeed

    wavespeed.config.api.base_url, *files = sys.argv[1:]
    told = everything(wavespeed, *files) if files else too_long(wavespeed)
    print(json.dumps(told))
