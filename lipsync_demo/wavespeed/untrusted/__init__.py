"""Requests to addresses nobody vouches for."""
