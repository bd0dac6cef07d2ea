"""The view of what runs cost."""
