"""Migrations of the local backend's database of jobs."""
