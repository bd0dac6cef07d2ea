"""Attacks on the running product, each a table of `docs/reliability.md`.

`python -m tests.reliability --all` runs all of them, which takes long; the tests run a short seeded
part of each.
"""
