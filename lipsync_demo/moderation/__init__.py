"""How likely frames are not safe for work."""

NSFW_SCORE = 0.8
"""Scores from here on are flagged; Yahoo's own guidance for "not safe"."""
