"""What is asked for nothing: one table of questions a module."""
