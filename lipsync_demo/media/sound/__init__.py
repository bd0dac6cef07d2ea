"""Sound as samples in time: its channels, its loudness, its holes."""
