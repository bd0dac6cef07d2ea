"""Migrations of the database of runs."""
