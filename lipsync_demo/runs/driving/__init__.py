"""Leases, dispatcher and scheduler: which process drives a run, and when its steps are due."""
