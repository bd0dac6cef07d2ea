"""FFmpeg's names of containers, grouped by what they hold."""

from __future__ import annotations

PICTURE_FORMATS = frozenset(
    {"image2", "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "jpegxl_pipe"}
)
"""Containers of one picture."""
AVIF = "avif"
"""Animated AVIF, which FFmpeg reports as MP4."""
ANIMATIONS = frozenset({"gif", "apng", AVIF})
"""Containers of one or more pictures without sound."""
ASF = "asf"
"""Windows Media: FFmpeg reports its decoding times as presentation times."""
UNTIMED = frozenset({ASF, "avi", "h264", "hevc", "m4v", "mpegvideo"})
"""Containers without presentation times."""
MATROSKA = "matroska,webm"
"""Matroska and WebM: one duration for all streams."""
