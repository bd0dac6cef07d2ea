"""What judges the engine and what fits its weights; run from a checkout: `python -m lab`."""
