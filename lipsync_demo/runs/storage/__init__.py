"""Runs, groups, ledger and share links in the database."""
