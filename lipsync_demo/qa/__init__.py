"""Measured checks of an output against its inputs."""
