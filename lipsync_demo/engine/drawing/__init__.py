"""Frames with another mouth: what is drawn when, how, and the output they become."""
