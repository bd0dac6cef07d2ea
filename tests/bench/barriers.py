"""What axe-core finds in each view of the page, in light and dark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from tests.browser.visitor import Visitor

VIEWS = ("studio", "compare", "batch", "runs", "money")
WIDTHS = (1340, 390)
HEADINGS = "view | width | colours | rules passed | minor, moderate | serious, critical"


def rows(url: str, chromium: str) -> Iterator[str]:
    """A row of a Markdown table for each view, width and colour scheme."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        schemes: tuple[Any, ...] = ("light", "dark")
        for scheme in schemes:
            context = browser.new_context(color_scheme=scheme)
            page = context.new_page()
            Visitor(page).open(url)
            page.evaluate(Axe().axe_script)
            for view in VIEWS:
                page.click(f"#view-{view}-button")
                expect(page.locator(f"#view-{view}")).to_be_visible()
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 860})
                    found = page.evaluate("axe.run()")
                    impacts = Counter(one["impact"] for one in found["violations"])
                    mild = impacts["minor"] + impacts["moderate"]
                    grave = impacts["serious"] + impacts["critical"]
                    passed = len(found["passes"])
                    yield f"{view} | {width} | {scheme} | {passed} | {mild} | {grave}"
                page.set_viewport_size({"width": WIDTHS[0], "height": 860})
            context.close()
        browser.close()
