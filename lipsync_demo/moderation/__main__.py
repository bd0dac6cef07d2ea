"""`python -m lipsync_demo.moderation VIDEO…`: score videos in a separate process.

Prints a JSON list with `{"score", "frames"}` for each video, null if it cannot be read or has no
picture.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lipsync_demo.confinement import Allowance, confine
from lipsync_demo.media.errors import MediaError
from lipsync_demo.moderation.nsfw import nsfw_score, sample

ALLOWANCE = Allowance(memory=3 << 30, cpu=120, wall=120, nice=10)
"""A dozen pictures take a few seconds."""


def score_video(path: Path) -> dict[str, float | int] | None:
    """Return the highest score of the sampled frames and their number, or None."""
    try:
        scores = [nsfw_score([frame]) for frame in sample(path)]
    except MediaError:
        return None
    return {"score": max(scores), "frames": len(scores)} if scores else None


def main() -> None:
    confine(ALLOWANCE)
    found = [score_video(Path(name)) for name in sys.argv[1:]]
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
