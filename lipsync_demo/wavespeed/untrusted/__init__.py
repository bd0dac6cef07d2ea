"""Requests to untrusted URLs."""
