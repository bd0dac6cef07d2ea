"""The Model Context Protocol: the app's runs as tools of a language model.

`mcp` takes half a second to import, so `server` and what it needs are imported when somebody asks.
"""
