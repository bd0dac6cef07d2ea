"""Draws the mouths of the output frames and encodes the output."""
