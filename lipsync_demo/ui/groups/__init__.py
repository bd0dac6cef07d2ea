"""The tabs of several runs at once: comparisons and batches."""
