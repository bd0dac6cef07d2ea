"""Words for people stand in the `words.py` of the room that says them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.words_hunt import PACKAGE, modules, said


def written(path: Path) -> Iterator[str]:
    """Words for people in a template: outside tags and placeholders, or in what is read out."""
    source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "\0", path.read_text(encoding="utf-8"), flags=re.S)
    source = re.sub(r"<(script|style|code)\b.*?</\1>", "\n", source, flags=re.S)
    told = re.findall(r'(?:aria-label|aria-description|title|alt|placeholder)="([^"]*)"', source)
    for text in [*re.sub(r"<[^>]*>", "\n", source).splitlines(), *told]:
        if re.search(r"[A-Za-z]?[a-z]{2,}", re.sub(r"&\w+;", " ", text)):
            yield f"{path.name}: {text.strip()!r}"


def test_no_module_says_words_that_belong_to_its_room() -> None:
    searched = list(modules())
    rooms = {path.parent for path in searched}
    assert {path.parent for path in PACKAGE.rglob("words.py")} <= rooms
    found = [
        f"{path.relative_to(PACKAGE).parent}/{text}" for path in searched for text in said(path)
    ]
    assert found == [], "\n".join(found)


def test_no_template_says_words() -> None:
    found = [text for path in sorted(PACKAGE.rglob("*.html")) for text in written(path)]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "A = 'This is said'",
        "A = f'<p class=\"one two\">This is {1} said</p>'",
        "def f(n): return gr.Button('Delete')",
        "def f(n): return f'{n} runs'",
        "def f(n): return f'about {n}'",
        "def f(n): return Finding(f'The video has {n} frames.')",
        "STATES = {'done': 'Finished'}",
        "COLUMNS = ('Asked', 'Outcome')",
    ],
)
def test_words_in_a_module_are_found(tmp_path: Path, line: str) -> None:
    path = tmp_path / "x.py"
    path.write_text(f'"""A docstring of words."""\n{line}\n')
    assert [text.split(": ", 1)[0] for text in said(path)][:1] == ["x.py:2"]


@pytest.mark.parametrize(
    "line",
    [
        "logger.info('This is for the log')",
        "def f(): raise MediaError('This is an error', 'Do this.')",
        "def f(): return MediaError('This is an error', 'Do this.')",
        "class Own(MediaError):\n    what = 'This is an error'",
        "class Kind(Enum):\n    ONE = 'one of them'",
        "ROWS = (Row('a row of a table'),)",
        "@row('a row of a table')\ndef f(): pass",
        "def f(x=Option(help='What it does.')): pass",
        'A = \'<div class="one two" role="img">\'',
        "A = {'Accept': 'text/html'}",
    ],
)
def test_words_that_a_module_says_itself_are_left_to_it(tmp_path: Path, line: str) -> None:
    path = tmp_path / "x.py"
    path.write_text(f"{line}\n")
    assert list(said(path)) == []


def test_words_in_a_template_are_found(tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_text(
        '<p class="one two" title="Words to read">{{ words.ONE }} · {% if two words %}</p>\n'
        "<b>This is said</b>{# a remark of words #}\n"
        '<p aria-label="{{ words.TWO }}">{{ three }}</p><button>Delete</button>\n'
    )
    told = ["'This is said'", "'Delete'", "'Words to read'"]
    assert list(written(path)) == [f"x.html: {text}" for text in told]
