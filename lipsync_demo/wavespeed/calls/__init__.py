"""What is asked of the API, one module a call."""
