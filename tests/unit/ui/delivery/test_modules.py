"""Which of Gradio's files a page needs, read from the installed package."""

from __future__ import annotations

import re

import pytest

from lipsync_demo.ui.delivery import modules
from lipsync_demo.ui.delivery.bundles import ENTRY

TYPES = {"video", "audio", "radio", "textbox", "tabs", "tabitem", "html"}


@pytest.fixture(scope="module")
def entry() -> str:
    found = ENTRY.search((modules.ASSETS.parent / "index.html").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def test_a_page_needs_what_its_modules_import(entry: str) -> None:
    scripts, sheets = modules.needed(entry, TYPES)
    assert scripts[0] == entry
    imported = {
        name
        for script in scripts
        for name in re.findall(r'from"\./([\w.-]+\.js)"', modules.source(script))
    }
    assert imported <= set(scripts)
    assert all((modules.ASSETS / name).is_file() for name in [*scripts, *sheets])


def test_each_widget_brings_its_module_and_its_stylesheets(entry: str) -> None:
    without = {name for names in modules.needed(entry, TYPES - {"video"}) for name in names}
    more = {name for names in modules.needed(entry, TYPES) for name in names} - without
    assert {name.rpartition(".")[2] for name in more} == {"js", "css"}
    assert modules.needed(entry, {*TYPES, "no such widget"}) == modules.needed(entry, TYPES)


def test_a_bundled_module_names_no_address(entry: str) -> None:
    for name in modules.needed(entry, TYPES)[0]:
        written = modules.portable(name)
        assert "import.meta" not in written
        assert not re.search(r"""(?:from|import\(?)["'`]\./""", written), name


def test_of_what_is_never_used_only_the_names_are_kept(entry: str) -> None:
    streams = [
        name for name in modules.needed(entry, TYPES)[0] if name.startswith(modules.NEVER_USED)
    ]
    assert streams
    for name in streams:
        exported = set(re.findall(r"\bas (\w+)", modules.text(name).rpartition("export{")[2]))
        assert set(re.findall(r"\bas (\w+)", modules.source(name))) == exported
        assert len(modules.source(name)) < 200


def test_a_clock_goes_only_while_what_it_measures_is_pending(entry: str) -> None:
    clocks = [
        modules.source(name)
        for name in modules.needed(entry, TYPES)[0]
        if modules.CLOCK.search(modules.text(name))
    ]
    assert len(clocks) == 1
    assert len(re.findall(r"/1e3\),\w+\.status===`pending`&&\w+&&\w+\(\)\}\)\}", clocks[0])) == 1


def test_another_gradio_needs_nothing_that_is_known_here() -> None:
    assert modules.needed("index-of-another.js", TYPES) == ([], [])
