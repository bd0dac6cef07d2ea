"""Gradio's built frontend: the modules a page of given widgets loads, and their stylesheets.

The names are read from the installed package.  A module that is not found here is no error: the
browser asks for it by itself, as it does on any page of Gradio.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

# Gradio is not imported: it reads its settings then.
_gradio = find_spec("gradio")
ASSETS = (
    Path(_gradio.origin if _gradio and _gradio.origin else "").parent / "templates/frontend/assets"
)

CORE, BLOCKS = re.compile("core-"), re.compile("Blocks-")
"""How the names begin of the modules with the table of widgets, and with what shows them."""

NEVER_USED = ("hls-",)
"""Modules of which only the names are kept: half a megabyte for live streams."""

NAMED = re.compile(r"""["'`]\./([\w.-]+\.js)["'`]""")
"""A string that is the address of another module."""
CLOCK = re.compile(
    r"(\(performance\.now\(\)-\w+\(\w+\)\)/1e3\),)"  # the seconds that something has taken
    r"(\w+&&\w+\(\)\}\)\})"  # the next frame's turn, while the clock is on
)
"""The end of a function that shows how long something takes, a turn for each frame."""
PENDING = re.compile(r"(\w+\.status===[\"'`]pending[\"'`])\?\w+\(\):")
"""The condition that starts that clock."""
LISTED = re.compile(r"m\.f=\[([^\]]*)\]")
"""The files a module may have to load, as Vite lists them."""
NEEDED = re.compile(
    r"""\bimport\(\s*["'`]\./([\w.-]+\.js)["'`]\s*\)[^\[]*?__vite__mapDeps\(\[([\d,]*)\]\)"""
)
"""An import, and the numbers of the files it needs in that list."""


def source(name: str) -> str:
    """The text of one file with its clocks mended; of a module never used, only its exports."""
    if name.startswith(NEVER_USED) and (exported := _exports(name)):
        return exported
    return _with_ending_clocks(text(name))


def portable(name: str) -> str:
    """A module that runs from any address: an import map finds what it imports.

    It reads the address of Gradio's files from `gradioAssets` of the window.
    """
    written, end, parts = source(name), 0, []
    for found, _ in _named(written):
        quote = found[0][0]
        parts += [written[end : found.start()], f"{quote}gradio/{found[1]}{quote}"]
        end = found.end()
    parts.append(written[end:])
    return "".join(parts).replace("import.meta.url", f'(self.gradioAssets+"{name}")')


def needed(entry: str, types: Iterable[str]) -> tuple[list[str], list[str]]:
    """The modules and the stylesheets that a page with widgets of these types loads.

    Each list is in the order in which a browser would load them, `entry` first.
    """
    scripts = dict.fromkeys(_with_imports(entry))
    styles: dict[str, None] = {}
    roots = [entry, *_dynamic(entry)]
    for root in roots:
        scripts.update(dict.fromkeys(_with_imports(root)))
    shown = [name for root in roots for name in _dynamic(root) if BLOCKS.match(name)]
    core = [name for name in scripts if CORE.match(name)]
    widgets = [name for part in core for one in sorted(types) for name in _widget(part, one)]
    for name in [*shown, *widgets]:
        scripts.update(dict.fromkeys(_with_imports(name)))
    for importer in [*scripts]:
        for name, listed in _sheets(importer).items():
            if name in scripts:
                styles.update(dict.fromkeys(listed))
    return list(scripts), list(styles)


def sheets(importer: str) -> list[str]:
    """The stylesheets of all modules that one may import later."""
    return list(dict.fromkeys(name for names in _sheets(importer).values() for name in names))


@cache
def text(name: str) -> str:
    """The text of one of the package's files; empty if there is none."""
    path = ASSETS / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _with_ending_clocks(written: str) -> str:
    """A module whose clocks stop with what they measure.

    The one of Gradio's own start goes on for as long as the page is open, sixty times a second:
    what it is shown on is removed while it runs.
    """
    pending = PENDING.search(written)
    return CLOCK.sub(rf"\1{pending[1]}&&\2", written) if pending else written


def _with_imports(name: str) -> Iterator[str]:
    """A module and all that it imports, without those that the package does not have."""
    found: dict[str, None] = {}
    pending = [name]
    while pending:
        here = pending.pop()
        if here in found or not text(here):
            continue
        found[here] = None
        pending.extend(_imports(here)[0])
    yield from found


def _dynamic(name: str) -> list[str]:
    return _imports(name)[1]


@cache
def _imports(name: str) -> tuple[list[str], list[str]]:
    """The modules that one imports when it is loaded, and those that it may import later."""
    static: list[str] = []
    dynamic: list[str] = []
    for found, when in _named(source(name)):
        (dynamic if when == "later" else static).append(found[1])
    return static, dynamic


def _named(written: str) -> Iterator[tuple[re.Match[str], str]]:
    """The names of other modules in imports, and whether each is imported "first" or "later"."""
    for found in NAMED.finditer(written):
        before = written[max(0, found.start() - 16) : found.start()].rstrip()
        if before.endswith(("from", "import")):
            yield found, "first"
        elif before.endswith("import("):
            yield found, "later"


def _widget(core: str, kind: str) -> list[str]:
    """The module of a type of widget, from the table in `core`."""
    row = re.search(
        rf"""[{{,]{kind}:\{{[^{{}}]*?\bcomponent:[^{{}}]*?import\(\s*["'`]\./([\w.-]+\.js)""",
        text(core),
    )
    return [row[1]] if row else []


def _sheets(importer: str) -> dict[str, list[str]]:
    """For each module that `importer` may load: its stylesheets."""
    written = text(importer)
    listed = LISTED.search(written)
    if listed is None:
        return {}
    files = [name.strip("\"'`").removeprefix("./") for name in listed[1].split(",")]
    return {
        name: [files[int(n)] for n in numbers.split(",") if n and files[int(n)].endswith(".css")]
        for name, numbers in NEEDED.findall(written)
    }


@cache
def _exports(name: str) -> str:
    """A module with the exports of another that do nothing; empty if they are not understood."""
    found = re.search(r"export\{([^{}]*)\};?\s*(?://.*)?$", text(name))
    names = [part.split(" as ")[-1].strip() for part in found[1].split(",")] if found else []
    nothing = "const o=class{static isSupported(){return false}};"
    exported = ",".join(f"o as {part}" for part in names if part.isidentifier())
    return f"{nothing}export{{{exported}}};" if exported else ""
