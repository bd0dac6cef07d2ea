"""Calls to the API, one module per kind."""
