"""The person's own mouths as the clip shows them, and which of them is shown when."""
