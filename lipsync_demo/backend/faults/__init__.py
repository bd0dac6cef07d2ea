"""Fault injection: how the server fails on purpose."""
