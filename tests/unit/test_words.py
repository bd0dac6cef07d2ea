"""Every text the page, its reports and shared links show comes from the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "lipsync_demo"
ROOMS = ("ui", "markup", "report")
MARKUP = re.compile(r"<[^>]*>?|^[^<>]*\"[^<>]*=\"|[\w-]+=\"[^\"]*\"?|&\w+;|[\w-]*>|\w+:")
WORDS = re.compile(r"[A-Za-z][a-z]+(?:[’'][a-z]+)?[,.:;]? [a-z]+(?:[ ,.]|$)")
CODE = {
    "markup/snippets.py",
    "ui/frame/theme.py",
    "ui/http/guard.py",
    "ui/http/routes.py",
    "ui/launch.py",
}
"""Modules whose literals are programs, headers and answers to programs."""


def _docstrings(tree: ast.AST) -> set[int]:
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                found.add(id(statement.value))
    return found


def _logged(tree: ast.AST) -> set[int]:
    return {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "logger"
        for part in ast.walk(node)
    }


def sentences(path: Path) -> Iterator[str]:
    """Literals of a module that are words for people."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = _docstrings(tree) | _logged(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) in skipped or node.value.lstrip().startswith(("element.", "(", "default-src")):
            continue
        bare = MARKUP.sub(" ", node.value)
        if WORDS.search(re.sub(r"\s+", " ", bare)):
            yield f"{path.name}:{node.lineno}: {node.value!r}"


def written(path: Path) -> Iterator[str]:
    """Words for people in a template: outside tags and placeholders, or in what is read out."""
    source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "\0", path.read_text(encoding="utf-8"), flags=re.S)
    said = re.findall(r'(?:aria-[\w]+|title|alt|placeholder)="([^"]*)"', source)
    for text in [*re.sub(r"<[^>]*>", "\n", source).splitlines(), *said]:
        if WORDS.search(re.sub(r"\s+", " ", text.replace("\0", " "))):
            yield f"{path.name}: {text.strip()!r}"


def test_no_text_stands_outside_the_catalogue() -> None:
    found = [
        text
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.name != "words.py" and str(path.relative_to(ROOT)) not in CODE
        for text in sentences(path)
    ]
    found += [
        text
        for room in (*ROOMS, "player")
        for path in sorted((ROOT / room).rglob("*.html"))
        for text in written(path)
    ]
    assert found == [], "\n".join(found)


def test_a_text_outside_the_catalogue_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(
        '"""A docstring of words."""\n'
        "A = f'<p class=\"one two\">This is {1} said</p>'\n"
        'logger.info("This is for the log")\n'
        'B = \'<div class="one two" role="img">\'\n'
    )
    assert [text.split(": ", 1)[0] for text in sentences(path)] == ["x.py:2"]


def test_a_text_in_a_template_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_text(
        '<p class="one two" title="Words to read">{{ words.ONE }} · {% if two words %}</p>\n'
        "<b>This is said</b>{# a remark of words #}\n"
        '<p aria-label="{{ words.TWO }}">{{ three }}</p>\n'
    )
    assert list(written(path)) == ["x.html: 'This is said'", "x.html: 'Words to read'"]
