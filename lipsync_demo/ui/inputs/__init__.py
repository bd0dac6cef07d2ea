"""The inputs of a run: uploads, links, samples, and the choice of sync mode."""
