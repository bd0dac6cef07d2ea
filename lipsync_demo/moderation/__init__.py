"""NSFW scores of frames."""

__all__ = ["NSFW_SCORE"]

NSFW_SCORE = 0.8
"""Score, 0 to 1, from which a frame is flagged; Yahoo's guidance for "not safe"."""
