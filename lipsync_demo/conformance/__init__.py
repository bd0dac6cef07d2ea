"""Checks a server against the API's contract: documented, observed, since when."""
