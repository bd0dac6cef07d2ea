"""Checks of the mouth: position, motion, sync with the sound."""
