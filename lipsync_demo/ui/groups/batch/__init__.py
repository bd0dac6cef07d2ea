"""The view for many pairs."""
