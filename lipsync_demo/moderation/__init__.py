"""NSFW scores of frames."""

NSFW_SCORE = 0.8
"""Score, 0 to 1, from which a frame is flagged; Yahoo's guidance for "not safe"."""
