"""A video and a speech to a result, on this machine alone: VIDEO AUDIO OUTPUT."""

import sys

from lipsync_demo import lip_sync


def show(stage: str, share: float) -> None:
    print(f"\r{stage:<8}{share:4.0%}", end="", file=sys.stderr)


video, audio, output = sys.argv[1:]
done = lip_sync(video, audio, "bounce", output, on_progress=show)
print(f"\n{done.output}: {done.seconds:.2f} s, {done.synced} of {done.frames} frames moved")
