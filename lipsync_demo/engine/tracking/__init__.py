"""Splits a video into shots and tracks the faces through each."""

from lipsync_demo.engine.tracking.choosing import choose_faces
from lipsync_demo.engine.tracking.search import detect_faces, locate_landmarks
from lipsync_demo.engine.tracking.shots import follow, follow_all
from lipsync_demo.engine.tracking.speaker import chooser, point_frame

__all__ = [
    "choose_faces",
    "chooser",
    "detect_faces",
    "follow",
    "follow_all",
    "locate_landmarks",
    "point_frame",
]
