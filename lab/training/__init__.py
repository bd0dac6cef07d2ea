"""Fits the weights of the engine."""
