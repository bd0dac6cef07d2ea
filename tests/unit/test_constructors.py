"""No constructor takes more positional arguments than a reader can tell apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "lipsync_demo"
MOST = 7
"""Positional arguments at most; with more, two of one type get swapped unnoticed."""


def _dataclass(node: ast.ClassDef) -> tuple[bool, bool]:
    """Whether a class is a dataclass, and whether its fields are keyword-only."""
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(call, ast.Name) and call.id == "dataclass":
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            only = any(k.arg == "kw_only" and ast.literal_eval(k.value) for k in keywords)
            return True, only
    return False, False


def positional(node: ast.ClassDef) -> int:
    """Number of positional arguments that a class takes."""
    found, only = _dataclass(node)
    if found:
        return 0 if only else sum(isinstance(part, ast.AnnAssign) for part in node.body)
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return len(part.args.posonlyargs) + len(part.args.args) - 1
    return 0


def constructors(folder: Path) -> Iterator[tuple[str, int]]:
    """Every class in a folder with its number of positional arguments."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield f"{path.relative_to(folder)}: {node.name}", positional(node)


def test_no_constructor_takes_many_positional_arguments() -> None:
    counted = dict(constructors(ROOT))
    assert counted
    assert {name: count for name, count in counted.items() if count > MOST} == {}


def test_a_constructor_with_many_positional_arguments_is_found(tmp_path: Path) -> None:
    fields = "".join(f"    f{n}: int\n" for n in range(MOST + 1))
    arguments = ", ".join(f"f{n}" for n in range(MOST + 1))
    (tmp_path / "x.py").write_text(
        f"@dataclass(frozen=True)\nclass A:\n{fields}\n"
        f"@dataclass(kw_only=True)\nclass B:\n{fields}\n"
        f"class C:\n    def __init__(self, {arguments}): pass\n"
    )
    assert [count for _, count in constructors(tmp_path)] == [MOST + 1, 0, MOST + 1]
