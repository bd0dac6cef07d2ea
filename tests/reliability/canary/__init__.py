"""A key that is looked for wherever it may have come to."""
