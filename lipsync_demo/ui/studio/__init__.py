"""The studio tab: one video, one speech track, one run and its result."""
