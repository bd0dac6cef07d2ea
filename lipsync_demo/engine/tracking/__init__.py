"""A video cut into shots, and the face that is to speak followed through each."""

from lipsync_demo.engine.tracking.search import find, settle
from lipsync_demo.engine.tracking.shots import follow

__all__ = ["find", "follow", "settle"]
