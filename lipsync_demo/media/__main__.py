"""`python -m lipsync_demo.media VIDEO PREVIEW`: write a preview in a separate process."""

from __future__ import annotations

import sys
from pathlib import Path

from lipsync_demo.confinement import Allowance, confine
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preview import make_preview

ALLOWANCE = Allowance(memory=3 << 30, cpu=900, wall=900, nice=10)
"""A preview is a whole transcode, of pictures of any size that is read."""


def main() -> None:
    confine(ALLOWANCE)
    video, preview = map(Path, sys.argv[1:])
    try:
        make_preview(video, preview)
    except MediaError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
