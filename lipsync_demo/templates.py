"""Renders Jinja2 templates, each a file beside the code that uses it.

Values are escaped unless they are `Markup`; an undefined name is an error. The filter `translated`
puts a text that was kept in English into the reader's language.
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

from lipsync_demo.languages import translated

_BREAK = re.compile(r"(?:(?<=>)|\A)\s*\n\s*|\s*\n\s*(?=<|\Z)")


class LineBreaks(Extension):
    """Removes line breaks and surrounding spaces next to tags and placeholders.

    So a template can have one element per line without spaces between elements.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type == "data":
                token = Token(token.lineno, "data", _BREAK.sub("", token.value))
            yield token


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[LineBreaks],
    )
    environment.filters["translated"] = translated
    return environment


def render(name: str, **values: Any) -> Markup:
    """Render the template at `name`, a path below the package, with `values`.

    Raises:
        jinja2.UndefinedError: a value is missing.
    """
    return Markup(_environment().get_template(name).render(values))  # noqa: S704


def render_macro(name: str, macro: str, *values: Any) -> Markup:
    """Render one macro of a template.

    Raises:
        AttributeError: there is no such macro.
        jinja2.UndefinedError: a value is missing.
    """
    module = _environment().get_template(name).module
    return Markup(getattr(module, macro)(*values))  # noqa: S704
