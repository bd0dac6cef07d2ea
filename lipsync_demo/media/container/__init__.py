"""Containers and streams: opening, classification, and frame times."""
