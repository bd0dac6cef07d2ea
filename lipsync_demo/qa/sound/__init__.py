"""Checks of the sound against the speech."""
