"""A run's life: its record, its steps, its recovery."""
