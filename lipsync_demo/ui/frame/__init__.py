"""The frame of every view: header, theme, notices, shared context."""
