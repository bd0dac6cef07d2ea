"""Finds problems of two inputs before they are sent, and remedies."""
