"""Templates escape values, fail on undefined names, and put no spaces between tags."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, UndefinedError
from markupsafe import Markup

from lipsync_demo import templates
from lipsync_demo.templates import render, render_macro

ROOT = Path(templates.__file__).parent
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """The environment of the package, with templates of this test."""
    found = templates._environment().overlay(
        loader=DictLoader(
            {
                "list": "<ul>\n  {% for one in all %}\n  <li>{{ one }}</li>\n  {% endfor %}\n</ul>",
                "words": "<p>{{ first }} <b>two</b>\n  {{ third }}, four\nfive</p>",
                "tag": '<a{% if link %} href="{{ link }}"{% endif %}>x</a>',
                "macros": "{% macro piece(words) %}\n<b>{{ words }}</b>\n{% endmacro %}",
            }
        )
    )
    monkeypatch.setattr(templates, "_environment", lambda: found)
    return found


@pytest.mark.usefixtures("environment")
def test_what_is_given_is_escaped_unless_it_is_markup() -> None:
    told = render("list", all=["<a> & 'b' \"c\"", Markup("<i>d</i>")])
    assert told == "<ul><li>&lt;a&gt; &amp; &#39;b&#39; &#34;c&#34;</li><li><i>d</i></li></ul>"
    assert render("tag", link='" onclick="x') == '<a href="&#34; onclick=&#34;x">x</a>'
    assert render_macro("macros", "piece", "<x>") == "<b>&lt;x&gt;</b>"


@pytest.mark.usefixtures("environment")
def test_a_rendered_piece_is_not_escaped_again() -> None:
    assert render("list", all=[render("list", all=["&"])]) == (
        "<ul><li><ul><li>&amp;</li></ul></li></ul>"
    )


@pytest.mark.usefixtures("environment")
def test_line_breaks_count_only_between_words() -> None:
    told = render("words", first="one", third="three")
    assert told == "<p>one <b>two</b>three, four\nfive</p>"


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("name", ["list", "tag"])
def test_a_value_that_is_not_given_is_an_error(name: str) -> None:
    with pytest.raises(UndefinedError):
        render(name)


@pytest.mark.usefixtures("environment")
def test_a_macro_that_is_not_there_or_lacks_a_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render_macro("macros", "piece")
    with pytest.raises(AttributeError):
        render_macro("macros", "pieces", "x")


@pytest.mark.parametrize("name", FILES)
def test_every_template_compiles_and_is_filled_by_code_beside_it(name: str) -> None:
    templates._environment().get_template(name)
    beside = (ROOT / name).parent.glob("*.py")
    assert any(f'"{name}"' in path.read_text(encoding="utf-8") for path in beside)
