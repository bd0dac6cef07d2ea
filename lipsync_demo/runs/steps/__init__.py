"""The steps of a run, each executed under a claim."""
