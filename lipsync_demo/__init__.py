"""Lipsync Demo: a page, a client and a local engine for `sync/lipsync-1.9.0-beta`."""

__version__ = "0.1.0"
