"""Markup from Jinja2 templates, each a file beside the code that fills it.

Everything a template is given is escaped unless it is markup already, and a name it is not given
is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

_BREAK = re.compile(r"(?:(?<=>)|\A)\s*\n\s*|\s*\n\s*(?=<|\Z)")


class LineBreaks(Extension):
    """Drops line breaks, with the blanks around them, beside tags and placeholders.

    So a template can have a line for each element without putting blanks between them.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type == "data":
                token = Token(token.lineno, "data", _BREAK.sub("", token.value))
            yield token


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[LineBreaks],
    )


def render(name: str, **values: Any) -> Markup:
    """The template at `name`, a path below the package, filled with `values`.

    Raises:
        jinja2.UndefinedError: the template needs a value it is not given.
    """
    return Markup(_environment().get_template(name).render(values))  # noqa: S704


def render_macro(name: str, macro: str, *values: Any) -> Markup:
    """One macro of a template that holds several small pieces.

    Raises:
        AttributeError: there is no such macro.
        jinja2.UndefinedError: it needs a value it is not given.
    """
    module = _environment().get_template(name).module
    return Markup(getattr(module, macro)(*values))  # noqa: S704
