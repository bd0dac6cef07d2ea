"""Which process drives which run, and when each step is due."""
