"""The view with the modes side by side."""
