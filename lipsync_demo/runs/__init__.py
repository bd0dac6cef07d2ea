"""The life of a run: its record, its steps, its recovery."""
