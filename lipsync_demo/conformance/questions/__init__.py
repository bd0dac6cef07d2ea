"""The free questions, one table per module."""
