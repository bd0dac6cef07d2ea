"""Measures the engine and fits its weights; run from a checkout: `python -m lab`."""
