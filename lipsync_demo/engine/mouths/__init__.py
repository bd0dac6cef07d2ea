"""Mouth patches of the person in the clip, and which of them each output frame shows."""
