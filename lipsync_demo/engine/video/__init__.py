"""Decodes the pictures of a video by number, and encodes a video."""

from lipsync_demo.engine.video.picture import Picture
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.resizing import resized
from lipsync_demo.engine.video.sound import HeldSound
from lipsync_demo.engine.video.writer import VideoWriter

__all__ = ["FrameReader", "HeldSound", "Picture", "VideoWriter", "resized"]
