"""One video for every speech of a folder; a bad file stops no other: VIDEO FOLDER OUTPUTS."""

import sys
from pathlib import Path

from lipsync_demo import ExplainedError, lip_sync

video, speeches, outputs = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
failed = 0
for speech in sorted(speeches.iterdir()):
    try:
        done = lip_sync(video, speech, "loop", outputs / f"{speech.stem}.mp4")
    except ExplainedError as error:
        failed += 1
        print(f"{speech.name}: {error.what} {error.hint}", file=sys.stderr)
    else:
        print(done.output)
sys.exit(1 if failed else 0)
