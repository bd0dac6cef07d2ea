"""A decoded frame: 8-bit 4:2:0 planes, upright, with even sides.

The engine only changes a mouth: it converts one rectangle to RGB and writes differences back to
the planes. Pixels that are unchanged in RGB, and all outside the rectangle, keep their bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from lipsync_demo.engine.arrays import Doubles, Image
from lipsync_demo.engine.video.colours import FULL_RANGE, SMPTE170M, Colours
from lipsync_demo.engine.video.sampling import halved, warped
from lipsync_demo.media.picture.hdr import in_standard_range
from lipsync_demo.media.picture.orientation import UPRIGHT, Orientation

# Pixel formats that need no conversion.
_PLANAR = frozenset({"yuv420p", "yuvj420p"})


class Box(NamedTuple):
    """A rectangle with even corners, in pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """Planes `y` (height, width) and `u`, `v` (height / 2, width / 2), uint8, read-only.

    `frame` is set if the planes are views of a frame that nobody else holds: the picture may then
    be changed in place.
    """

    y: Image
    u: Image
    v: Image
    colours: Colours
    frame: VideoFrame | None = None

    @property
    def width(self) -> int:
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        return int(self.y.shape[0])

    @property
    def size(self) -> int:
        """Size of the planes, bytes."""
        return int(self.y.size + self.u.size + self.v.size)

    @property
    def whole(self) -> Box:
        return Box(0, 0, self.width, self.height)

    def box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return the smallest box with even corners around a rectangle, inside the picture.

        A rectangle outside the picture gives the nearest box of 2x2 pixels.
        """
        return even_box((left, top, right, bottom), (self.width, self.height))

    def part(self, box: Box) -> Picture:
        """Return a box of the picture as a picture; its planes are views of this one's."""
        left, top, right, bottom = box
        half = np.s_[top // 2 : bottom // 2, left // 2 : right // 2]
        return Picture(
            self.y[top:bottom, left:right],
            self.u[half],
            self.v[half],
            self.colours.settled(self.height),
        )

    def rgb(self, box: Box | None = None, *, shrink: int = 1) -> Image:
        """Return the box, or the whole picture, as RGB (height / shrink, width / shrink, 3).

        Sides that `shrink` does not divide are rounded up.
        """
        left, top, right, bottom = box or self.whole
        size = (-(-(right - left) // shrink), -(-(bottom - top) // shrink))
        half = np.s_[top // 2 : bottom // 2, left // 2 : right // 2]
        y = self.y[top:bottom, left:right]
        way = cv2.INTER_AREA if shrink > 1 else cv2.INTER_LINEAR
        codes = cv2.merge(
            [
                y if shrink == 1 else cv2.resize(y, size, interpolation=way),
                cv2.resize(self.u[half], size, interpolation=way),
                cv2.resize(self.v[half], size, interpolation=way),
            ]
        )
        return np.asarray(cv2.transform(codes, self.colours.to_rgb(self.height)), np.uint8)

    def square(self, matrix: Doubles, side: int) -> Image:
        """Return the picture warped by the 2x3 `matrix` to an RGB square (side, side, 3).

        `side` is even. Outside the picture it is black.
        """
        half, size = halved(matrix), (side, side)
        luma = warped(self.y, matrix, side, self.colours.black)
        chroma = [
            cv2.resize(warped(plane, half, side // 2, 128), size, interpolation=cv2.INTER_LINEAR)
            for plane in (self.u, self.v)
        ]
        codes = cv2.merge([luma, *chroma])
        return np.asarray(cv2.transform(codes, self.colours.to_rgb(self.height)), np.uint8)

    @property
    def shared(self) -> Picture:
        """A read-only view of the picture, to be used several times."""
        return self if self.frame is None else replace(self, frame=None)

    def changed(self, box: Box, before: Image, after: Image) -> Picture:
        """Return the picture with the box changed from `before` to `after`, both as `rgb(box)`.

        Works in place if `frame` is set, else on a copy. Luma keeps its bytes where the two are
        equal, chroma where a 2x2 block is.
        """
        luma, chroma = np.vsplit(self.colours.from_rgb(self.height), [1])
        difference = cv2.subtract(after, before, dtype=cv2.CV_32F)
        left, top, right, bottom = box
        half = np.s_[top // 2 : bottom // 2, left // 2 : right // 2]
        size = ((right - left) // 2, (bottom - top) // 2)
        small = cv2.resize(difference, size, interpolation=cv2.INTER_AREA)
        own = writable(self)
        _add(own.y[top:bottom, left:right], cv2.transform(difference, luma))
        for plane, change in zip(
            (own.u, own.v), cv2.split(cv2.transform(small, chroma)), strict=True
        ):
            _add(plane[half], change)
        return own


def even_box(edges: tuple[float, float, float, float], size: tuple[int, int]) -> Box:
    """Return the smallest box with even corners around `edges`, inside a picture of `size`.

    `edges` are left, top, right and bottom; outside the picture they give the nearest box of 2x2
    pixels.
    """
    left, top, right, bottom = edges
    x0 = min(max(int(left) // 2 * 2, 0), size[0] - 2)
    y0 = min(max(int(top) // 2 * 2, 0), size[1] - 2)
    x1 = min(max(-int(-right // 2) * 2, x0 + 2), size[0])
    y1 = min(max(-int(-bottom // 2) * 2, y0 + 2), size[1])
    return Box(x0, y0, x1, y1)


def from_frame(frame: VideoFrame, orientation: Orientation = UPRIGHT) -> Picture:
    """Return a decoded frame as a picture, turned upright by its `orientation`.

    Other pixel formats are converted to 8-bit 4:2:0, high dynamic range to standard. An odd side
    is padded by repeating its last row or column.
    """
    frame = in_standard_range(frame)
    colours = Colours(
        int(frame.colorspace),
        int(frame.color_primaries),
        int(frame.color_trc),
        int(frame.color_range) == FULL_RANGE or frame.format.name.startswith("yuvj"),
    )
    if frame.format.name not in _PLANAR:
        if frame.format.is_rgb:
            colours = Colours(SMPTE170M, SMPTE170M, SMPTE170M)
        frame = frame.reformat(format="yuv420p")
    planes = [_plane(frame, index) for index in range(3)]
    height, width = planes[0].shape
    if height % 2 or width % 2:
        planes[0] = np.pad(planes[0], ((0, height % 2), (0, width % 2)), mode="edge")
    planes = [orientation.applied(plane) for plane in planes]
    return Picture(planes[0], planes[1], planes[2], colours)


def to_frame(picture: Picture) -> VideoFrame:
    """Return the picture as a frame for an encoder, tagged with its colours.

    Call it once per picture: the result may be the picture's own frame.
    """
    frame = picture.frame or _copied(picture).frame
    assert frame is not None  # noqa: S101
    frame.colorspace = picture.colours.matrix
    frame.color_primaries = picture.colours.primaries
    frame.color_trc = picture.colours.transfer
    frame.color_range = FULL_RANGE if picture.colours.full_range else 1
    return frame


def blank(width: int, height: int, colours: Colours) -> Picture:
    """Return an uninitialised picture in a new frame; sides are even."""
    frame = av.VideoFrame(width, height, "yuv420p")
    planes = [_plane(frame, index) for index in range(3)]
    return Picture(planes[0], planes[1], planes[2], colours, frame)


def writable(picture: Picture) -> Picture:
    """Return the picture itself if it may be changed in place, else a copy that may."""
    return picture if picture.frame is not None else _copied(picture)


def fill(picture: Picture, other: Picture) -> None:
    """Copy the planes of `other`, of the same size, into `picture`."""
    picture.y[:], picture.u[:], picture.v[:] = other.y, other.u, other.v


def _copied(picture: Picture) -> Picture:
    copy = blank(picture.width, picture.height, picture.colours)
    fill(copy, picture)
    return copy


def _plane(frame: VideoFrame, index: int) -> Image:
    plane = frame.planes[index]
    rows: Image = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _add(plane: Image, change: NDArray[Any]) -> None:
    plane[:] = cv2.add(plane, change, dtype=cv2.CV_8U)
