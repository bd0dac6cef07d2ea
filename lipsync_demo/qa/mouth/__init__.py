"""Checks of the mouth: where it is, whether it moves, whether it fits the sound."""
