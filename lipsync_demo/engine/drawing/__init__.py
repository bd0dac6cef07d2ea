"""A frame with another mouth."""
