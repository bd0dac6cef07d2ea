"""Comparisons and batches of runs."""
