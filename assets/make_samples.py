"""Make the page's three samples from free material: videos, thumbnails, one speech track.

    python assets/make_samples.py LIBRIVOX

LIBRIVOX is the folder of LibriVox sentences in Debian's pocketsphinx-testdata. The three videos:

- NASA's public-domain portrait of Eileen Collins, which lies in the scikit-image wheel, moved by
  code. The local engine makes her say one sentence; the sample's speech is another one by the
  same reader.
- A face that `making/drawing.py` draws.
- The US Navy's public-domain portrait of Grace Hopper, which lies in the matplotlib wheel.

All motion has a period of the clip's length, so that it loops without a jump. The speech of the
other two is made by `make_voices.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import wave
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from assets.making import drawing, photograph  # noqa: E402
from assets.making.burn_in import Image8, burn_in  # noqa: E402
from assets.making.motion import FRAMES, PERIOD, RATE, SIZE, pose_at  # noqa: E402
from assets.making.portrait import COLLINS, Portrait, collins  # noqa: E402
from lipsync_demo.engine.pipeline import lip_sync  # noqa: E402
from lipsync_demo.media.sync_modes import SyncMode  # noqa: E402

SPEECH_RATE = 16_000
SENTENCE = "sense_and_sensibility_01_austen_64kb-{}.wav"
SAID = SENTENCE.format("0930"), "954adbf0b56ac8a148cbe77b39ca18d76b5f2a1e1f405565bd786ce3e68a68b7"
SPEECH = SENTENCE.format("0870"), "b0557cf95c974d930577e58e46b7f068c432a6e3afcc286563d88922b2a5315c"
BEFORE = 0.3
"""Seconds of silence before she speaks in the video."""
THUMBNAIL = 128
SHOWN_AT = {"sample": 1.2, "drawing": 2.1, "photograph": 0.0}
"""Seconds into a video at which its thumbnail is taken."""
TITLE = "Demonstration clip"
COMMENTS = {
    "sample": "Demonstration: animated from NASA's public-domain portrait of Eileen Collins",
    "drawing": "Demonstration: drawn by code",
    "photograph": "Demonstration: the US Navy's public-domain portrait of Grace Hopper",
}


def recording(folder: Path, which: tuple[str, str]) -> bytes:
    """The samples of a LibriVox sentence: 16 kHz, mono, 16 bits."""
    name, digest = which
    if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{name} is not the expected recording")
    with wave.open(str(folder / name)) as sound:
        assert sound.getframerate() == SPEECH_RATE
        return sound.readframes(sound.getnframes())


def write_speech(samples: bytes, path: Path, title: str) -> None:
    with av.open(str(path), "w") as container:
        container.metadata["title"] = title
        container.metadata["comment"] = "Public-domain LibriVox recording, Sense and Sensibility 1"
        stream = container.add_stream("pcm_s16le", rate=SPEECH_RATE)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.frombuffer(samples, np.int16)[None], "s16", "mono")
        frame.sample_rate, frame.pts = SPEECH_RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


def portrait_frames() -> Iterator[Image8]:
    """The portrait before she speaks."""
    portrait = Portrait(collins(), COLLINS)
    for number in range(FRAMES):
        yield burn_in(portrait.frame(pose_at(number / RATE)), number)


def write_video(frames: Iterable[Image8], path: Path, quality: int, comment: str) -> None:
    """Write a clip without sound; `quality` is x264's crf, lower is better."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        container.metadata.update(title=TITLE, comment=comment)
        options = {"crf": str(quality), "preset": "slow", "threads": "1", "tune": "film"}
        stream = container.add_stream("libx264", rate=Fraction(RATE), options=options)
        stream.width = stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = 1
        context.color_range = 1
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def make_her_talk(librivox: Path, path: Path) -> None:
    """Write the portrait's clip with the engine's lips and the sound of what she says."""
    said = recording(librivox, SAID)
    before, length = round(BEFORE * SPEECH_RATE), round(PERIOD * SPEECH_RATE)
    padded = (bytes(2 * before) + said).ljust(2 * length, b"\0")
    with tempfile.TemporaryDirectory() as folder:
        silent, voice, synced = (Path(folder) / n for n in ("silent.mp4", "said.wav", "out.mp4"))
        write_video(portrait_frames(), silent, 8, COMMENTS["sample"])
        write_speech(padded, voice, TITLE)
        lip_sync(silent, voice, SyncMode.CUT_OFF, synced)
        write_copy(synced, path, COMMENTS["sample"])


def write_copy(source: Path, path: Path, comment: str) -> None:
    """Copy both tracks under another title and comment."""
    with (
        av.open(str(source)) as given,
        av.open(str(path), "w", options={"movflags": "+faststart"}) as container,
    ):
        container.metadata.update(title=TITLE, comment=f"{comment}; lips by this project's engine")
        tracks = {s.index: container.add_stream_from_template(s) for s in given.streams}
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = tracks[packet.stream.index]
                container.mux(packet)


def write_thumbnail(stem: str) -> None:
    wanted = round(SHOWN_AT[stem] * RATE)
    with av.open(str(HERE / f"{stem}_video.mp4")) as container:
        pictures = (f.to_image() for n, f in enumerate(container.decode(video=0)) if n == wanted)
        picture = next(pictures).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    picture.save(HERE / f"{stem}_thumbnail.webp", quality=80, method=6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("librivox", type=Path, help="folder of the LibriVox sentences")
    librivox = parser.parse_args().librivox
    write_speech(recording(librivox, SPEECH), HERE / "sample_speech.wav", "Demonstration speech")
    make_her_talk(librivox, HERE / "sample_video.mp4")
    for name, made in (("drawing", drawing), ("photograph", photograph)):
        write_video(made.frames(), HERE / f"{name}_video.mp4", 19, COMMENTS[name])
    for stem in COMMENTS:
        write_thumbnail(stem)


if __name__ == "__main__":
    main()
