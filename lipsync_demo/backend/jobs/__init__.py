"""Tasks: accepted, rendered by workers, kept, and shown."""
