"""Collects the messages of the package and brings the catalogues up to date.

`python -m tests.unit.messages` adds new messages to each `.po` file, without a translation, drops
those that are gone, and compiles the `.mo` files.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from io import BytesIO
from typing import TypeAlias

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from lipsync_demo.languages import LANGUAGES
from lipsync_demo.languages.catalogue import ENGLISH, FOLDER
from tests.unit.words_hunt import PACKAGE, SEVERAL, SILENT, name_of

STARTED = datetime(2026, 11, 29, tzinfo=timezone.utc)
"""The date in the headers: the same catalogue is the same file."""

Message: TypeAlias = "str | tuple[str, str]"

TOOLS = {"api", "cli", "conformance", "backend", "moderation"}
"""Rooms that speak to people at a terminal and to programs, in English."""

PROGRAMMERS = {
    "ValueError",
    "TypeError",
    "LookupError",
    "AttributeError",
    "RuntimeError",
    "KeyError",
    "NotImplementedError",
}
"""Errors whose texts are for people who write programs."""

TABLES = {"ModeTexts", "Meaning", "TaskCode", "Model", "Choice"}
"""Rows of tables that are shown to people."""


def messages() -> dict[Message, list[str]]:
    """Each message that a page can show, with the modules that say it."""
    found: dict[Message, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] in TOOLS or "migrations" in place.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for message in [*_marked(tree), *_unmarked(tree)]:
            places = found.setdefault(message, [])
            if place.as_posix() not in places:
                places.append(place.as_posix())
    return found


def _marked(tree: ast.Module) -> Iterator[Message]:
    """What is given to `_` and `_n`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str(text))]):
                yield text
            case ast.Call(
                func=ast.Name(id="_n"),
                args=[ast.Constant(value=str(one)), ast.Constant(value=str(many)), _],
            ):
                yield one, many


def _unmarked(tree: ast.Module) -> Iterator[Message]:
    """Sentences of errors and of tables' rows, which are kept in English and translated later."""
    silent = SILENT | PROGRAMMERS | {"_", "_n"}
    for node in ast.walk(tree):
        match node:
            case ast.Raise(exc=ast.Call(func=called) as call) if name_of(called) not in silent:
                yield from _sentences(call)
            case ast.Call(func=called) as call if (
                name_of(called) in TABLES or name_of(called) in _error_classes()
            ):
                yield from _sentences(call)
            case ast.ClassDef(name=name) if name in _error_classes():
                yield from _sentences(node)


def _sentences(tree: ast.AST) -> Iterator[str]:
    inside: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        match node:
            case ast.Call(func=called) if name_of(called) in SILENT | PROGRAMMERS | {"_", "_n"}:
                inside |= {id(part) for part in ast.walk(node)}
            case ast.Expr(value=ast.Constant()):
                inside.add(id(node.value))
            case ast.JoinedStr(values=values):
                inside |= {id(part) for part in ast.walk(node)}
                text = "".join(map(_piece, values))
                if SEVERAL.search(re.sub(r"{.*?}", "", text)):
                    yield text
            case ast.Constant(value=str(text)) if SEVERAL.search(text):
                yield text


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value).replace("{", "{{").replace("}", "}}")
    assert isinstance(part, ast.FormattedValue)
    names = re.findall(r"[A-Za-z_]\w*", ast.unparse(part.value))
    return "{" + (names[-1] if names else "value") + "}"


def _error_classes() -> frozenset[str]:
    from tests.unit.words_hunt import errors

    return errors() - PROGRAMMERS - {"Exception", "HTTPException"}


def read(language: str) -> Catalog:
    """The catalogue in a language's `.po` file; an empty one if there is none yet."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Lipsync Demo",
        version="1",
        last_translator="Lipsync Demo",
        language_team=language,
        msgid_bugs_address="CONTRIBUTING.md",
        creation_date=STARTED,
        revision_date=STARTED,
        header_comment="# Messages of Lipsync Demo; CONTRIBUTING.md says how they are kept.",
        fuzzy=False,
    )


def compiled(catalog: Catalog) -> bytes:
    """The `.mo` file of a catalogue."""
    made = BytesIO()
    write_mo(made, catalog)
    return made.getvalue()


def update(language: str, said: Mapping[Message, list[str]]) -> int:
    """Write a language's two files; return how many messages lack a translation."""
    old = read(language)
    new = _empty(language)
    missing = 0
    for message, places in sorted(said.items(), key=lambda row: (row[1][0], str(row[0]))):
        key = message if isinstance(message, str) else message[0]
        known = old.get(key)
        string = known.string if known and known.id == message else ""
        new.add(
            message,
            string or ("" if isinstance(message, str) else ("",) * new.num_plurals),
            locations=[(place, None) for place in places],
        )
        missing += not (string if isinstance(string, str) else all(string))
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{language}.po").open("wb") as file:
        write_po(file, new, width=100, include_lineno=False, omit_header=False)
    (FOLDER / f"{language}.mo").write_bytes(compiled(new))
    return missing


if __name__ == "__main__":
    found = messages()
    for code in LANGUAGES:
        if code != ENGLISH:
            sys.stdout.write(f"{code}: {update(code, found)} of {len(found)} to translate\n")
