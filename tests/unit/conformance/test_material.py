"""The face and the voice are what their script makes of the samples."""

from __future__ import annotations

import av
import numpy as np
from PIL import Image

from assets import make_probe_material as script
from lipsync_demo.conformance.clips import MATERIAL


def test_the_face_is_the_sample_s() -> None:
    with Image.open(MATERIAL / "face.jpg") as kept:
        difference = np.abs(np.asarray(kept, float) - np.asarray(script.face(), float))
    assert difference.mean() < 2


def test_the_voice_is_the_sample_s() -> None:
    with av.open(str(MATERIAL / "voice.flac")) as kept:
        blocks = [frame.to_ndarray() for frame in kept.decode(audio=0)]
    assert np.array_equal(np.concatenate(blocks, axis=1), script.voice().to_ndarray())
