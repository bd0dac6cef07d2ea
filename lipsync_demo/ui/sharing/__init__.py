"""The panel that shares what is shown."""
