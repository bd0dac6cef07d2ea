"""Every view has an address; Back, Forward and a reload show what they should."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect

from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site
from tests.browser.visitor import SLOW, Visitor

pytestmark = pytest.mark.browser

VIEWS = {
    "compare": "Compare",
    "batch": "Batch",
    "runs": "Runs",
    "money": "Money",
}


@pytest.fixture(scope="module")
def two_runs(
    site: Site, visit_all: Visit, provider: Provider, clip: Path, speech: Path, finished: Path
) -> tuple[Visitor, str, str]:
    """A visitor with a finished run of the sample and one of their own files, and both ids."""
    visitor = visit_all(site.url)
    visitor.use_key(provider.key)
    visitor.pick("remap")
    first = visitor.go()
    provider.complete(finished)
    expect(visitor.stage.locator("video").first).to_be_visible(timeout=SLOW)
    visitor.choose(clip, speech, question="longer than the video.")
    visitor.pick("loop")
    second = visitor.go()
    provider.complete(finished)
    expect(visitor.stage).to_contain_text("loop", timeout=SLOW)
    expect(visitor.stage.locator("video").first).to_be_visible(timeout=SLOW)
    return visitor, first, second


def test_each_press_is_one_step_back(two_runs: tuple[Visitor, str, str], site: Site) -> None:
    visitor, first, second = two_runs
    page = visitor.page
    address = re.escape(f"{site.url}/")
    expect(page).to_have_title(re.compile(f"^Done: loop.* · {second[:8]} · Lipsync Demo$"))
    # The run beside it is one step too, and what is pressed just before is said of this one.
    judge = page.locator("#judge")
    page.locator("#judge [data-key=pass]").click()
    judge.get_by_role("button", name="Older run").click()
    expect(page).to_have_url(f"{site.url}/?run={first}")
    expect(page).to_have_title(re.compile(f"^Done: remap.* · {first[:8]} · Lipsync Demo$"))
    expect(judge.locator(f"[data-of='{first}'] [data-key=pass]")).to_have_attribute(
        "aria-pressed", "false"
    )
    expect(judge.get_by_role("button", name="Newer run")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(f"{site.url}/?run={second}")
    expect(judge.locator(f"[data-of='{second}'] [data-key=pass]")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page).to_have_title(re.compile(f"^Done: loop.* · {second[:8]} · Lipsync Demo$"))
    for view, title in VIEWS.items():
        page.click(f"#view-{view}-button")
        expect(page).to_have_url(re.compile(rf"{address}\?view={view}$"))
        expect(page).to_have_title(f"{title} · Lipsync Demo")

    # A run that is opened from the list is one step, though it opens the studio first.
    page.click("#view-runs-button")
    page.locator(f"#history a[data-run='{first}']").click()
    expect(page).to_have_url(f"{site.url}/?run={first}")
    expect(visitor.stage).to_contain_text("remap")
    expect(page).to_have_title(re.compile(f"remap.* · {first[:8]} · Lipsync Demo"))
    expect(page.locator("#mode")).to_contain_text("The speech is 3.10 s longer", timeout=SLOW)
    expect(page.locator("#mode label.selected")).to_contain_text("remap")

    page.go_back()
    expect(page).to_have_title("Runs · Lipsync Demo")
    expect(page.locator("#history")).to_be_visible()
    for view in ("money", "runs", "batch", "compare"):
        page.go_back()
        assert page.url == f"{site.url}/?view={view}"
        expect(page.locator(f"#view-{view}")).to_be_visible()
        assert page.url == f"{site.url}/?view={view}"
    page.go_back()
    expect(visitor.stage).to_contain_text("loop")
    assert page.url == f"{site.url}/?run={second}"
    expect(page.locator("#mode label.selected")).to_contain_text("loop")
    expect(page.locator("#video-facts")).to_contain_text("320×240", timeout=SLOW)
    page.go_back()
    expect(visitor.stage).to_contain_text("remap")
    assert page.url == f"{site.url}/?run={first}"
    page.go_back()
    expect(page).to_have_url(f"{site.url}/")
    expect(visitor.stage).to_contain_text("Recorded")
    page.go_forward()
    expect(visitor.stage).to_contain_text("remap")
    assert page.url == f"{site.url}/?run={first}"
    # A step that waits for the answer to the one before is answered as itself.
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        if waiting or second not in (route.request.post_data or ""):
            route.continue_()
        else:
            waiting.append(route)

    page.route("**/gradio_api/run/**", hold)
    with page.expect_request(lambda request: second in (request.post_data or "")):
        page.go_forward()
    page.go_back()
    expect(page).to_have_url(f"{site.url}/?run={first}")
    with page.expect_response(lambda response: second in (response.request.post_data or "")):
        waiting[0].continue_()
    expect(visitor.stage).to_contain_text("remap")
    expect(page.locator("#mode label.selected")).to_contain_text("remap")
    expect(visitor.stage).not_to_contain_text("loop")
    assert page.url == f"{site.url}/?run={first}"
    page.unroute("**/gradio_api/run/**")
    assert visitor.complaints == []


def test_a_reload_shows_the_same_view_and_the_runs_form(
    two_runs: tuple[Visitor, str, str], site: Site
) -> None:
    visitor, _, second = two_runs
    page = visitor.page
    page.goto(f"{site.url}/?run={second}")
    expect(page.locator("#mode")).to_contain_text("The speech is 1.50 s longer", timeout=SLOW)
    expect(page.locator("#mode label.selected")).to_contain_text("loop")
    expect(page.locator("#video-facts")).to_contain_text("320×240")
    expect(visitor.stage).to_contain_text("loop")
    page.click("#view-runs-button")
    expect(page).to_have_title("Runs · Lipsync Demo")
    visitor.reload()
    expect(page.locator("#history li").first).to_be_visible(timeout=SLOW)
    expect(page).to_have_title("Runs · Lipsync Demo")
    assert page.url == f"{site.url}/?view=runs"
    # What was open in the studio still is.
    page.click("#view-studio-button")
    expect(visitor.stage).to_contain_text("loop")
    expect(page).to_have_url(f"{site.url}/?run={second}")


def test_a_late_answer_about_another_run_is_dropped(
    two_runs: tuple[Visitor, str, str], site: Site, provider: Provider, finished: Path
) -> None:
    visitor, first, _ = two_runs
    page = visitor.page
    page.goto(f"{site.url}/?run={first}")
    expect(page.locator("#mode label.selected")).to_contain_text("remap", timeout=SLOW)
    visitor.use_key(provider.key)
    late: list[Route] = []
    run = visitor.go()
    expect(visitor.stage).to_contain_text("In the queue", timeout=SLOW)

    def about_it(request: Request) -> bool:
        given = json.loads(request.post_data or "{}").get("data", [])
        # A tick: the run, its stamp, and the seconds between two.
        return len(given) == 3 and all(str(text).startswith(run) for text in given[:2])

    def hold(route: Route) -> None:
        if about_it(route.request) and not late:
            late.append(route)
        else:
            route.continue_()

    page.route("**/gradio_api/run/**", hold)
    with page.expect_request(about_it):
        provider.complete(finished)
    record = site.folder / "data" / "runs" / run / "run.json"
    deadline = time.monotonic() + SLOW / 1000
    while json.loads(record.read_text(encoding="utf-8"))["state"] != "done":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    page.click("#view-runs-button")
    page.locator(f"#history a[data-run='{first}']").click()
    expect(page).to_have_url(f"{site.url}/?run={first}")
    expect(visitor.stage.locator("video").first).to_be_visible()
    shown = page.locator("#stage video").first.get_attribute("src")
    with page.expect_response(lambda response: about_it(response.request)) as answer:
        late[0].continue_()
    assert run in answer.value.text()
    page.evaluate("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
    assert page.locator("#stage video").first.get_attribute("src") == shown
    assert page.url == f"{site.url}/?run={first}"
    page.unroute("**/gradio_api/run/**")
