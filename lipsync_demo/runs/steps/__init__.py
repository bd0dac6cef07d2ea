"""The steps of a run, each taken under a claim."""
