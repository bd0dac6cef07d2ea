"""Checks of the picture against the source."""
