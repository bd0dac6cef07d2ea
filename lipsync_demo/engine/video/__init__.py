"""Pictures of a video by number, and a video written: decoding, encoding, what lies between."""

from lipsync_demo.engine.video.picture import Picture
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.resizing import resized
from lipsync_demo.engine.video.sound import HeldSound
from lipsync_demo.engine.video.writer import VideoWriter

__all__ = ["FrameReader", "HeldSound", "Picture", "VideoWriter", "resized"]
