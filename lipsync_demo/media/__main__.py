"""`python -m lipsync_demo.media VIDEO PREVIEW`: write a preview in a separate process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preview import make_preview


def main() -> None:
    if hasattr(os, "nice"):
        os.nice(10)
    video, preview = map(Path, sys.argv[1:])
    try:
        make_preview(video, preview)
    except MediaError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
