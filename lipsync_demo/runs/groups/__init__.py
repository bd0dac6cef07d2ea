"""Comparisons and batches: runs that belong together."""
