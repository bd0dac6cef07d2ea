"""Speech to mouth shapes, laid along the output in a person's range."""
