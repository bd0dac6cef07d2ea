"""Gradio's stub files, which editors read, left as they were installed.

At each import Gradio renders the stub file (.pyi) of each of its components anew and compares the
two: more than a second of every start.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import ModuleType

WRITER = "gradio.component_meta"


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        vars(module)["create_or_modify_pyi"] = lambda *_: None


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(fullname, path) if fullname == WRITER else None
        if found is None or found.origin is None:
            return None
        return spec_from_file_location(
            fullname, found.origin, loader=_Loader(fullname, found.origin)
        )


def leave_alone() -> None:
    """Have a later `import gradio` write no stub files."""
    sys.meta_path.insert(0, _Finder())
