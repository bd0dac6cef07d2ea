"""Looks at media of strangers, in processes of their own.

The page's process opens no such file: a crash, a file that unpacks to gigabytes or one that takes
hours ends a child and becomes a `MediaError`. `calls` has a function for each kind of look, `pool`
shares and remembers them, `server` forks a confined child for each.
"""
