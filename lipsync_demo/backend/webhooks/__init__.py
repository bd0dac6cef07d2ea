"""Telling receivers how tasks ended."""
