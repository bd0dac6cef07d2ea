"""What Gradio does at each import and this page has no use for, left undone.

It renders the stub file (.pyi), which editors read, of each of its components anew and compares the
two: more than a second of every start. And it loads `mcp` for a door of its own, which stays shut:
half a second more.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import ModuleType

WRITER = "gradio.component_meta"

OWN_DOOR = "gradio.mcp"

NOT_LOADED = "mcp"
"""The package that Gradio does without where it is not installed."""


class _NoStubs(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        vars(module)["create_or_modify_pyi"] = lambda *_: None


class _NoDoor(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        if NOT_LOADED in sys.modules:
            super().exec_module(module)
            return
        vars(sys)["modules"][NOT_LOADED] = None  # so an import of it is refused
        try:
            super().exec_module(module)
        finally:
            del sys.modules[NOT_LOADED]


_LOADERS = {WRITER: _NoStubs, OWN_DOOR: _NoDoor}


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        loader = _LOADERS.get(fullname)
        found = PathFinder.find_spec(fullname, path) if loader else None
        if loader is None or found is None or found.origin is None:
            return None
        return spec_from_file_location(
            fullname, found.origin, loader=loader(fullname, found.origin)
        )


def leave_alone() -> None:
    """Have a later `import gradio` write no stub files and load no `mcp`."""
    sys.meta_path.insert(0, _Finder())
