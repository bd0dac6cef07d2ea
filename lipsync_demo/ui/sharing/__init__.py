"""The sharing panel."""
