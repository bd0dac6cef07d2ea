"""Numbered migrations; there are no downgrades."""
