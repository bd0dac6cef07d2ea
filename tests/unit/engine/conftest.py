from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from skimage import data

from lipsync_demo.engine.face.landmarker import FaceLandmarker
from tests.media_factory import make_speechlike, make_video

Rgb = npt.NDArray[np.uint8]
FACE = (224, 110)
"""Where the astronaut's face is in her portrait, (x, y)."""


def portrait(shift: int = 0, size: int = 256) -> Rgb:
    """A square of the portrait around the face, moved `shift` pixels to the right."""
    x, y = FACE[0] - size // 2 - shift, max(0, FACE[1] - size // 2)
    return np.ascontiguousarray(data.astronaut()[y : y + size, x : x + size])


@pytest.fixture(scope="session")
def landmarker() -> FaceLandmarker:
    return FaceLandmarker()


@pytest.fixture(scope="session")
def face_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second at 25 fps of a face that moves to and fro."""
    pictures = [portrait(round(6 * np.sin(n / 4))) for n in range(25)]
    path = tmp_path_factory.mktemp("engine") / "face.mp4"
    return make_video(path, 1, size=(256, 256), pictures=pictures)


@pytest.fixture
def speech(tmp_path: Path) -> Callable[[Fraction | float], Path]:
    """Speech-like sound of the wanted length."""

    def make(seconds: Fraction | float) -> Path:
        return make_speechlike(tmp_path / f"speech-{float(seconds)}.wav", seconds)

    return make
