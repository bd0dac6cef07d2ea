"""The person's own mouths, and which of them is shown when."""
