"""What a run and a group are, and the files of a run."""
