"""`python -m lipsync_demo.moderation VIDEO…`: look at videos in a process of its own.

Prints one JSON list with `{"score", "frames"}` for each video, null where it cannot be read or
shows nothing.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from lipsync_demo.media.errors import MediaError
from lipsync_demo.moderation.nsfw import nsfw_score, sample


def look(path: Path) -> dict[str, float | int] | None:
    """The highest score among the frames looked at, and how many they are."""
    try:
        scores = [nsfw_score([frame]) for frame in sample(path)]
    except MediaError:
        return None
    return {"score": max(scores), "frames": len(scores)} if scores else None


def main() -> None:
    os.nice(10)
    found = [look(Path(name)) for name in sys.argv[1:]]
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
