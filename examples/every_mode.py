"""One pair in all five modes, on this machine alone: VIDEO AUDIO FOLDER."""

import sys
from pathlib import Path

from lipsync_demo import SyncMode, lip_sync

video, audio, folder = sys.argv[1:]
for mode in SyncMode:
    done = lip_sync(video, audio, mode, Path(folder, f"{mode}.mp4"))
    print(f"{mode:<8} {done.seconds:6.2f} s  {done.output}")
