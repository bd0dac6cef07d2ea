"""Splits a video into shots and tracks the speaking face through each."""

from lipsync_demo.engine.tracking.search import detect_faces, locate_landmarks
from lipsync_demo.engine.tracking.shots import follow

__all__ = ["detect_faces", "follow", "locate_landmarks"]
