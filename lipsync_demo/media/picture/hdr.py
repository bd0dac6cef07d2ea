"""Tone-maps high dynamic range (HLG, PQ) to standard range in BT.709.

Light follows ITU-R BT.2100 (tables 4 and 5: PQ's EOTF; HLG's inverse OETF and its OOTF for a
display of 1000 cd/m²). BT.2020 primaries are converted to BT.709 (ITU-R BT.2087, clipped). Standard
white is HDR's reference white of 203 cd/m² (ITU-R BT.2408): levels below half of it, such as most
faces, keep their luminance; highlights up to 1000 cd/m² are compressed by the EETF of ITU-R BT.2390
(section 5.4.1), applied to the largest component to keep hues. The result is encoded for the
display of ITU-R BT.1886. FFmpeg applies all of it as one 3-D lookup table.
"""

from __future__ import annotations

from collections import OrderedDict
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import TypeAlias

import numpy as np
from av.filter import Graph
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from lipsync_demo.media.picture.codes import BT709, HDR_NAMES, PQ, UNSPECIFIED

Values: TypeAlias = NDArray[np.float64]
Kind: TypeAlias = tuple[object, ...]

LIMITED = 1
"""FFmpeg's AVCOL_RANGE_MPEG."""
STANDARD = "yuv420p"
"""Pixel format of a mapped picture."""
PEAK = 1000.0
"""Luminance of the assumed mastering display, cd/m²; higher levels are clipped."""
WHITE = 203.0
"""Luminance mapped to standard white, cd/m²."""
DISPLAY_GAMMA = 2.4
"""Exponent of ITU-R BT.1886 for zero black."""
STEPS = 33
"""Size of the lookup table along each component."""
MAX_IDLE = 2
"""Idle filter graphs kept; each holds a few pictures."""
# BT.2100, table 5, note 5f: HLG's system gamma for 1000 cd/m².
_SYSTEM_GAMMA = 1.2
_LUMINANCE = np.array([0.2627, 0.6780, 0.0593])
_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
)
# Constants of PQ (BT.2100, table 4).
_M1 = 2610 / 16384
_M2 = 2523 / 4096 * 128
_C1 = 3424 / 4096
_C2 = 2413 / 4096 * 32
_C3 = 2392 / 4096 * 32
# Constants of HLG (BT.2100, table 5).
_A = 0.17883277
_B = 1 - 4 * _A
_C = 0.5 - _A * np.log(4 * _A)


def is_hdr(frame: VideoFrame) -> bool:
    """Return whether a decoded frame is tagged as HLG or PQ."""
    return int(frame.color_trc) in HDR_NAMES


def in_standard_range(frame: VideoFrame) -> VideoFrame:
    """Return an HDR frame in BT.709, 8-bit 4:2:0, limited range, tagged so; others unchanged."""
    if not is_hdr(frame):
        return frame
    mapped = _graphs.run(frame)
    mapped.pts = frame.pts
    if frame.time_base is not None:
        mapped.time_base = frame.time_base
    return mapped


def tag(context: VideoCodecContext) -> None:
    """Tag an encoder's output as BT.709 in limited range."""
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = LIMITED


def light(codes: Values, transfer: int) -> Values:
    """Return the display light (n, 3) in cd/m² of R'G'B' `codes` (n, 3) from 0 to 1."""
    if transfer == PQ:
        return _pq_light(codes)
    scene = np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - _C) / _A) + _B) / 12)
    bright = scene @ _LUMINANCE
    return np.asarray(PEAK * bright[:, None] ** (_SYSTEM_GAMMA - 1) * scene, np.float64)


def tone_map(levels: Values) -> Values:
    """Return `levels` of up to `PEAK` cd/m² mapped to at most `WHITE` cd/m² by BT.2390's EETF."""
    most = _pq_code(np.array(WHITE)) / _pq_code(np.array(PEAK))
    knee = 1.5 * most - 0.5
    code = np.minimum(_pq_code(levels) / _pq_code(np.array(PEAK)), 1)
    t = np.clip((code - knee) / (1 - knee), 0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (3 * t**2 - 2 * t**3) * most
    )
    return _pq_light(np.where(code < knee, code, spline) * _pq_code(np.array(PEAK)))


def mapped(codes: Values, transfer: int) -> Values:
    """Return BT.709 R'G'B' codes (n, 3), 0 to 1, for BT.2100 `codes` (n, 3)."""
    shone = np.maximum(light(codes, transfer) @ _TO_BT709.T, 0)
    most = np.maximum(shone.max(axis=1, keepdims=True), 1e-9)
    standard = shone * (tone_map(most) / most) / WHITE
    return np.asarray(np.clip(standard, 0, 1) ** (1 / DISPLAY_GAMMA), np.float64)


def _pq_light(codes: Values) -> Values:
    root = np.power(codes, 1 / _M2)
    return 10_000 * np.power(np.maximum(root - _C1, 0) / (_C2 - _C3 * root), 1 / _M1)


def _pq_code(levels: Values) -> Values:
    root = np.power(levels / 10_000, _M1)
    return np.power((_C1 + _C2 * root) / (1 + _C3 * root), _M2)


@cache
def _table(transfer: int) -> bytes:
    """Return the lookup table as a .cube file, red fastest."""
    axis = np.linspace(0, 1, STEPS)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    colours = mapped(np.stack([red, green, blue], -1).reshape(-1, 3), transfer)
    rows = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in colours.tolist())
    return f"LUT_3D_SIZE {STEPS}\n{rows}\n".encode()


class _Graphs:
    """A pool of filter graphs by kind of picture; each is used by one thread at a time."""

    def __init__(self) -> None:
        self._idle: OrderedDict[Kind, Graph] = OrderedDict()
        self._lock = Lock()

    def run(self, frame: VideoFrame) -> VideoFrame:
        """Return the frame filtered by the graph for its kind."""
        kind = (
            *(frame.width, frame.height, frame.format.name),
            *(int(frame.color_trc), int(frame.colorspace), int(frame.color_range)),
        )
        with self._lock:
            graph = self._idle.pop(kind, None)
        graph = graph or _graph(frame)
        graph.vpush(frame)
        mapped = graph.vpull()
        with self._lock:
            self._idle[kind] = graph
            while len(self._idle) > MAX_IDLE:
                self._idle.popitem(last=False)
        return mapped


def _graph(frame: VideoFrame) -> Graph:
    given = {UNSPECIFIED: "bt2020"}.get(int(frame.colorspace), "auto")
    graph = Graph()
    with NamedTemporaryFile(suffix=".cube", delete=False) as file:
        file.write(_table(int(frame.color_trc)))
    try:
        nodes = [
            graph.add_buffer(
                width=frame.width,
                height=frame.height,
                format=frame.format,
                time_base=Fraction(1, 1000),
            ),
            graph.add("scale", f"in_color_matrix={given}"),
            graph.add("format", "gbrpf32le"),
            graph.add("lut3d", file=file.name, interp="tetrahedral"),
            graph.add("scale", "out_color_matrix=bt709:out_range=tv"),
            graph.add("format", STANDARD),
            graph.add(
                "setparams",
                "color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv",
            ),
            graph.add("buffersink"),
        ]
        graph.link_nodes(*nodes).configure()
    finally:
        Path(file.name).unlink()
    return graph


_graphs = _Graphs()
