"""Containers and their streams: opened, told apart, and timed, before a frame is decoded."""
