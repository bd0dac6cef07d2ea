"""Renders the accepted jobs."""
