"""Keeps docs/reference.md: the packages that other programs import, from their docstrings.

    python -m tests.unit.reference

writes it anew; a test compares it.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference.md"
PACKAGES = ("lipsync_demo", "lipsync_demo.wavespeed", "lipsync_demo.engine")
HEAD = """\
# Reference

What other programs may import, from the docstrings; `python -m tests.unit.reference` writes this
page anew. [python.md](python.md) tells how to begin, [client.md](client.md) how the wider client is
used, [engine.md](engine.md) how the engine works.
"""


CONSTANTS = {"MODELS": "Every `Model`, by its id."}


def page() -> str:
    """The page as it is now."""
    return "\n".join([HEAD, *(line for package in PACKAGES for line in _package(package))])


def _package(name: str) -> Iterator[str]:
    module = importlib.import_module(name)
    yield f"## `{name}`\n\n{_first(module)}\n"
    errors = []
    for exported in module.__all__:
        if exported.startswith("__"):
            continue
        value = getattr(module, exported)
        if isinstance(value, type) and issubclass(value, Exception):
            errors.append((exported, value))
        elif isinstance(value, FunctionType):
            shown = f"{exported}{_signature(value)}"
            yield f"### `{exported}`\n\n```python\n{shown}\n```\n\n{_whole(value)}\n"
        elif isinstance(value, type):
            yield f"### `{exported}`\n\n{_whole(value)}\n"
            yield from _methods(value)
        else:
            yield f"### `{exported}`\n\n{CONSTANTS[exported]}\n"
    yield "### Errors\n\n| error | meaning | kind of |\n| --- | --- | --- |"
    for exported, value in errors:
        yield f"| `{exported}` | {_first(value)} | `{value.__bases__[0].__name__}` |"
    yield ""


def _methods(owner: type) -> Iterator[str]:
    rows = []
    for name, value in vars(owner).items():
        if name.startswith("_") or not _first(value):
            continue
        if isinstance(value, FunctionType):
            call = f"{name}{_signature(value)}".replace("|", "\\|")
            rows.append(f"| `{call}` | {_first(value)} |")
        elif isinstance(value, property):
            rows.append(f"| `{name}` | {_first(value)} |")
    if rows:
        yield "\n".join(["| member | what it does |", "| --- | --- |", *rows, ""])


def _signature(function: FunctionType) -> str:
    """A signature with types as they are written, without `self`."""
    signature = inspect.signature(function)
    kept = [p for p in signature.parameters.values() if p.name != "self"]
    return str(signature.replace(parameters=kept)).replace("'", "")


def _first(value: object) -> str:
    """The first paragraph of a docstring in one line."""
    return " ".join((inspect.getdoc(value) or "").split("\n\n", 1)[0].split())


def _whole(value: object) -> str:
    """A docstring as Markdown: its sections become lists."""
    text = re.sub(r"\n {8,}", " ", inspect.getdoc(value) or "")
    text = re.sub(r"^(Args|Attributes|Raises):\n", r"\1:\n\n", text, flags=re.MULTILINE)
    return re.sub(r"^ {4}(\w+): ", r"- `\1`: ", text, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
