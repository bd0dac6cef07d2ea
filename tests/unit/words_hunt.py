"""Finds the words for people that a module says itself, instead of its room's `words.py`.

A module may say itself what only it knows, where it knows it:

- an error, in its class, where it is made and where it is raised;
- the row of a table: what a class at the head of a module is given, a decorator too, and the
  members of an enum;
- the `help` of a command's options, log lines, docstrings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "lipsync_demo"
MARKUP = re.compile(
    r"[a-z]+-src .*|<[^>]*>?|^[^<>]*\"[^<>]*=\"|[\w-]+=\"[^\"]*\"?|&\w+;|[\w-]*>|\w+:(?=\S)"
)
SEVERAL = re.compile(r"[A-Za-z][a-z]+(?:[’'][a-z]+)?[,.:;]? [a-z]+(?:[ ,.:;]|$)")
ONE = re.compile(r"^\W*[A-Z][a-z]{2,}\W*$")
FRAGMENT = re.compile(r"(?:^| )[a-z]{3,} | [a-z]{3,}[,.;:]?$")
PROTOCOL = {
    *("Accept", "Authorization", "Bearer", "Date", "False", "Link", "Location", "Origin", "Range"),
}
"""Single words that are said to a program."""
SILENT = {
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "log",
    "filterwarnings",
    "cast",
    "compile",
}
CODE = {
    "markup/snippets.py",
    "ui/frame/listing.py",
    "ui/frame/theme.py",
    "player/__init__.py",
}
"""Modules whose literals are programs, headers and answers to programs."""


def modules() -> Iterator[Path]:
    """Every module of the package that is no `words.py`."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "words.py" and str(path.relative_to(PACKAGE)) not in CODE:
            yield path


@lru_cache(maxsize=1)
def errors() -> frozenset[str]:
    """The names of every error of the package."""
    bases = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = set(map(name_of, node.bases))
    found = {"Exception", "ValueError", "TypeError", "RuntimeError", "LookupError", "HTTPException"}
    while grown := {name for name, of in bases.items() if of & found} - found:
        found |= grown
    return frozenset(found)


def name_of(node: ast.expr) -> str:
    """The name at the end of a dotted one: `Finding` for `models.Finding`."""
    return ast.unparse(node).rpartition(".")[2]


def _own(tree: ast.Module) -> Iterator[ast.AST]:
    """Parts of a module that may say words themselves."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.keyword(arg="help"):
                yield node
            case ast.ClassDef(name=name, bases=bases):
                kinds = {name, *map(name_of, bases)}
                if kinds & (errors() | {"Enum"}):
                    yield node
            case ast.FunctionDef(name="__repr__"):
                yield node
            case ast.Call(func=called) if name_of(called) in errors() | SILENT:
                yield node
            case ast.FunctionDef(decorator_list=decorators):
                yield from decorators
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                yield statement
            case ast.Assign(value=value) | ast.AnnAssign(value=value) | ast.Expr(value=value):
                for part in ast.walk(value or statement):
                    if isinstance(part, ast.Call) and name_of(part.func)[0].isupper():
                        yield part


def said(path: Path) -> Iterator[str]:
    """The words for people in a module that stand where they should not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {id(part) for node in _own(tree) for part in ast.walk(node)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    pieces = {id(part) for text in texts for part in text.values}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in own:
            continue
        plain = MARKUP.sub(" ", node.value)
        bare = re.sub(r"\s+", " ", plain)
        one = ONE.search(bare) and bare.strip(' :."') not in PROTOCOL
        if SEVERAL.search(bare) or one or (id(node) in pieces and FRAGMENT.search(plain)):
            yield f"{path.name}:{node.lineno}: {node.value!r}"
