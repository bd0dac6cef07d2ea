"""Make the face and the voice that `probe` makes its clips from, out of the page's samples.

    python assets/make_probe_material.py

Both samples are made from free material by `make_samples.py`.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from PIL import Image

HERE = Path(__file__).parent
MATERIAL = HERE.parent / "lipsync_demo" / "conformance" / "material"
SIZE = 480
RATE = 16_000
SECONDS = 3


def face() -> Image.Image:
    """The first frame of the sample video, smaller."""
    with av.open(str(HERE / "sample_video.mp4")) as film:
        picture = next(film.decode(video=0)).to_image()
    return picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def voice() -> AudioFrame:
    """The beginning of the sample speech, mono, from its first loud moment."""
    resampler = av.AudioResampler("s16", "mono", RATE)
    with av.open(str(HERE / "sample_speech.wav")) as sound:
        blocks = [b.to_ndarray() for f in sound.decode(audio=0) for b in resampler.resample(f)]
    samples = np.concatenate(blocks, axis=1)
    loud = int(np.argmax(np.abs(samples[0]) > np.abs(samples).max() // 10))
    kept = np.ascontiguousarray(samples[:, loud : loud + SECONDS * RATE])
    frame = AudioFrame.from_ndarray(kept, "s16", "mono")
    frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), 0
    return frame


def main() -> None:
    MATERIAL.mkdir(parents=True, exist_ok=True)
    face().save(MATERIAL / "face.jpg", quality=88)
    with av.open(str(MATERIAL / "voice.flac"), "w") as output:
        track = output.add_stream("flac", RATE, layout="mono", format="s16")
        output.mux(track.encode(voice()))
        output.mux(track.encode(None))


if __name__ == "__main__":
    main()
