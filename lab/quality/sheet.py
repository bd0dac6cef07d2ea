"""Contact sheets: the same moments of several videos below each other.

Two blocks: spread moments, then consecutive frames. One row per video, its name on the left; each
cell shows the lower face, or the whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from lipsync_demo.engine import NoFace
from lipsync_demo.engine.arrays import Image
from lipsync_demo.engine.face import FaceLandmarker, iod
from lipsync_demo.engine.face.geometry import LIPS
from lipsync_demo.engine.tracking import detect_faces, locate_landmarks
from lipsync_demo.engine.video import FrameReader, Picture

MOUTH = 1.8
"""Side of a cell with the lower face, IOD."""
FACE = 3.4
"""Side of a cell with the whole face, IOD."""
LIFT = 0.7
"""Distance from the mouth up to the centre of a cell with the whole face, IOD."""
GAP = 8
"""Pixels between the blocks."""
INK = (235, 235, 235)
"""Colour of the text, RGB."""
PAPER = 24
"""Grey level of the background."""


@dataclass(frozen=True, slots=True)
class Row:
    """A video with its label.

    `framed_by` is the video whose face positions the cells, by default its own.
    """

    name: str
    video: Path
    framed_by: Path | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a row: `count` from `start` seconds on.

    They are `apart` seconds apart in the first block, one frame of the first video in the second.
    `side` is in pixels; `face` shows the whole face.
    """

    start: float = 0.0
    count: int = 8
    apart: float = 0.25
    side: int = 200
    face: bool = False


def contact_sheet(rows: Sequence[Row], cells: Cells | None = None) -> Image:
    """Return the sheet as RGB (height, width, 3).

    Typical rows are the true mouth (the speech's own video), the output (framed by the input) and
    the input. After its end a video shows its last picture.

    Raises:
        ValueError: there is no row.
        MediaError, UnreadableMedia: a video cannot be read.
        NoFace: a video shows no face at one of the moments.
    """
    if not rows:
        raise ValueError("a sheet needs at least one row")
    cells = cells or Cells()
    landmarker = FaceLandmarker()
    with FrameReader(rows[0].video) as reader:
        frame = float(1 / reader.times.rate)
    blocks = [
        [cells.start + place * step for place in range(cells.count)]
        for step in (cells.apart, frame)
    ]
    moments = sorted({moment for block in blocks for moment in block})
    drawn = [
        dict(zip(moments, _cells(row, moments, cells, landmarker), strict=True)) for row in rows
    ]
    labels = [_label(row.name, cells.side) for row in rows]
    lines = [
        [
            np.hstack([label, *(shown[moment] for moment in block)])
            for label, shown in zip(labels, drawn, strict=True)
        ]
        for block in blocks
    ]
    gap = np.full((GAP, lines[0][0].shape[1], 3), PAPER, np.uint8)
    return np.vstack([*lines[0], gap, *lines[1]])


def _cells(
    row: Row, moments: Sequence[float], cells: Cells, landmarker: FaceLandmarker
) -> list[Image]:
    shown = _pictures(row.video, moments)
    faces = shown if row.framed_by is None else _pictures(row.framed_by, moments)
    return [
        _cell(picture, _place(face, landmarker, row.name, moment, cells), cells.side)
        for picture, face, moment in zip(shown, faces, moments, strict=True)
    ]


def _pictures(video: Path, moments: Sequence[float]) -> list[Picture]:
    with FrameReader(video) as reader:
        begins = np.array([float(pts * reader.times.time_base) for pts in reader.times.pts])
        # Times are rounded: a moment at a frame's start must select that frame.
        little = float(Fraction(1, 4) / reader.times.rate)
        wanted = begins[0] + np.array(moments) + little
        numbers = np.clip(np.searchsorted(begins, wanted) - 1, 0, len(reader) - 1)
        return list(reader.pictures(numbers.tolist()))


def _place(
    picture: Picture, landmarker: FaceLandmarker, name: str, moment: float, cells: Cells
) -> tuple[float, float, float]:
    """Return centre and side of a cell in pixels of the picture."""
    for face in detect_faces(picture, landmarker)[:1]:
        found = locate_landmarks(picture, face, landmarker)
        if found is not None:
            unit = float(iod(found.points))
            x, y = found.points[list(LIPS), :2].mean(0).tolist()
            return x, y - (LIFT * unit if cells.face else 0), unit * (FACE if cells.face else MOUTH)
    raise NoFace(
        f"{name} shows no face {moment:.2f} seconds after its beginning.",
        "Choose a stretch in which the face is visible.",
    )


def _cell(picture: Picture, place: tuple[float, float, float], cell: int) -> Image:
    x, y, side = place
    scale = cell / side
    matrix = np.array([[scale, 0, cell / 2 - x * scale], [0, scale, cell / 2 - y * scale]])
    way = cv2.INTER_AREA if side > cell else cv2.INTER_CUBIC
    return np.asarray(cv2.warpAffine(picture.rgb(), matrix, (cell, cell), flags=way), np.uint8)


def _label(name: str, height: int) -> Image:
    (width, _), _ = cv2.getTextSize(name, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)
    label = np.full((height, 140, 3), PAPER, np.uint8)
    size = 0.5 * min(1.0, 128 / max(width, 1))
    place = (6, height // 2)
    cv2.putText(label, name, place, cv2.FONT_HERSHEY_SIMPLEX, size, INK, 1, cv2.LINE_AA)
    return label
