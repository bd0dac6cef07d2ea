"""The paths the local backend answers, one module for each kind."""
