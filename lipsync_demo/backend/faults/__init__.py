"""How the server misbehaves on purpose."""
