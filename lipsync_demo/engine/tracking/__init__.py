"""A video cut into shots, and the face that is to speak followed through each."""

from lipsync_demo.engine.tracking.tracks import find, follow, settle

__all__ = ["find", "follow", "settle"]
