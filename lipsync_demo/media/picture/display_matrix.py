"""Reads the orientation of a stored picture from a display matrix or EXIF.

A display matrix (ISO/IEC 14496-12, 6.2.2 and 8.3.2) maps stored to displayed coordinates:
x' = a x + c y, y' = b x + d y, downward. Phones rotate with it, front cameras also mirror.
"""

from __future__ import annotations

from math import atan2, pi

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame

from lipsync_demo.media.container.photos import exif_number
from lipsync_demo.media.container.streams import side_data, video_stream
from lipsync_demo.media.picture.orientation import UPRIGHT, Orientation

_EXIF = {
    2: Orientation(0, True),
    3: Orientation(180),
    4: Orientation(180, True),
    5: Orientation(270, True),
    6: Orientation(90),
    7: Orientation(90, True),
    8: Orientation(270),
}


def of_exif(number: int) -> Orientation:
    """Return the orientation of EXIF tag 274 (CIPA DC-008, 4.6.5), 1 to 8; else upright."""
    return _EXIF.get(number, UPRIGHT)


def of_matrix(a: int, b: int, c: int, d: int) -> Orientation:
    """Return the orientation nearest to a display matrix."""
    mirrored = a * d - b * c < 0
    turn = round(atan2(-b if mirrored else b, -a if mirrored else a) / (pi / 2)) * 90 % 360
    return Orientation(turn, mirrored)


def orientation(container: InputContainer, frame: VideoFrame) -> Orientation:
    """Return the orientation of a decoded frame of the file."""
    number = exif_number(container)
    if number is not None:
        return of_exif(number)
    stream = video_stream(container)
    return _of_frame(frame, stream.codec_context.name if stream is not None else "")


def _of_frame(frame: VideoFrame, codec: str) -> Orientation:
    matrix = side_data(frame, "DISPLAYMATRIX", codec)
    if matrix is None:
        return Orientation(round(-frame.rotation / 90) * 90 % 360)
    a, b, _, c, d = (int(number) for number in np.frombuffer(matrix, np.int32)[:5])
    return of_matrix(a, b, c, d)
