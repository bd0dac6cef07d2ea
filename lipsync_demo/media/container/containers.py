"""FFmpeg's names of containers, grouped by what they are or lack."""

from __future__ import annotations

PICTURE_FORMATS = frozenset(
    {"image2", "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "jpegxl_pipe"}
)
"""They hold one picture."""
AVIF = "avif"
"""An animated one, which FFmpeg takes for an MP4."""
ANIMATIONS = frozenset({"gif", "apng", AVIF})
"""They hold one picture or many, and no sound."""
ASF = "asf"
"""Windows Media: its times are of decoding, though FFmpeg gives them as times of showing."""
UNTIMED = frozenset({ASF, "avi", "h264", "hevc", "m4v", "mpegvideo"})
"""They keep no time of showing."""
MATROSKA = "matroska,webm"
"""What recorders of calls write; one length is given for all streams."""
