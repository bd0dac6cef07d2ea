"""The records of runs and groups, and the files of a run."""
