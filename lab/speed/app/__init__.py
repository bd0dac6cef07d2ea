"""Measures the app's own speed: what page, commands and transfers take beyond the engine."""
