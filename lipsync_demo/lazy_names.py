"""Names that a package offers and loads when they are first used."""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module


def offered(
    package: str, names: Collection[str], homes: Collection[str]
) -> Callable[[str], object]:
    """A `__getattr__` for a package, which looks for each of its names in these modules by turns.

    Modules that cost little come first: most programs need one name.
    """

    def get(name: str) -> object:
        if name in names:
            for home in homes:
                module = import_module(f"{package}.{home}")
                if hasattr(module, name):
                    return getattr(module, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get
