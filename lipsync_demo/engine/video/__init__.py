"""Decodes the pictures of a video by number, and encodes a video."""

from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.picture import Picture, even_box
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.resizing import resized
from lipsync_demo.engine.video.sound import HeldSound
from lipsync_demo.engine.video.writer import VideoWriter

__all__ = [
    "Colours",
    "FrameReader",
    "HeldSound",
    "Picture",
    "VideoWriter",
    "even_box",
    "resized",
]
