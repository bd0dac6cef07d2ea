"""Other models: chosen in the header, with their own fields, compared with their prices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, opened
from tests.browser.visitor import SLOW
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api

pytestmark = pytest.mark.browser
DEFAULT, NEWER, NEWEST, REACT = (
    "sync/lipsync-1.9.0-beta",
    "sync/lipsync-2",
    "sync/lipsync-3",
    "sync/react-1",
)


@pytest.fixture(scope="module")
def api(finished: Path) -> Iterator[ScriptedApi]:
    with scripted_api(finished) as made:
        made.model_prices = {NEWER: (0.05, 0.2), NEWEST: (0.135, 0.5), REACT: (0.835, 2.5)}
        made.final = {"has_nsfw_contents": None}
        yield made


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory, api: ScriptedApi) -> Iterator[Site]:
    with opened(tmp_path_factory.mktemp("models"), WAVESPEED_BASE_URL=api.url) as running:
        yield running
        assert running.stop() == 0, running.log()


def choose(page: Page, name: str) -> None:
    """Pick a model from the header's list."""
    page.click("#model input")
    page.get_by_role("option", name=name, exact=False).first.click()
    expect(page.locator("#model input")).to_have_value(name)


def test_the_local_engine_says_what_the_other_models_need(paid: Site, visit: Visit) -> None:
    visitor = visit(paid.url)
    page = visitor.page
    expect(page.locator("#model input")).to_have_value("lipsync-1.9.0-beta")
    page.click("#model input")
    expect(page.get_by_role("option")).to_contain_text(
        [
            "lipsync-1.9.0-beta",
            *(
                f"{name} · needs a WaveSpeed key"
                for name in ("lipsync-2", "lipsync-2-pro", "lipsync-3", "react-1")
            ),
        ]
    )
    page.get_by_role("option", name="lipsync-3").click()
    expect(page.locator("#model-note")).to_contain_text("lipsync-3 needs the WaveSpeed API.")
    page.click("#go")
    expect(page.locator("#findings")).to_contain_text(
        "Use a WaveSpeed key, or choose lipsync-1.9.0-beta."
    )
    assert "run=" not in page.url
    page.click("#compare-models")
    expect(page.locator("#models-plan")).to_contain_text("answers for one model only")
    expect(page.locator("#models-start")).to_be_hidden()
    page.click("#models-cancel")
    assert visitor.complaints == []


def test_another_model_has_its_own_fields_price_and_record(
    paid: Site, visit: Visit, api: ScriptedApi
) -> None:
    visitor = visit(paid.url)
    page = visitor.page
    visitor.use_key(KEY)
    choose(page, "react-1")
    expect(page.locator("#mode")).to_be_hidden()
    expect(page.locator("#compare-all")).to_be_hidden()
    expect(page.locator("#model-note")).to_contain_text("decides what happens when the lengths")
    expect(page.locator("#choice-emotion label")).to_have_count(6)
    expect(page.locator("#drawing .alignment")).to_have_count(0)
    page.locator("#choice-emotion").get_by_text("sad", exact=True).click()
    page.locator("#choice-model_mode").get_by_text("head", exact=True).click()
    assert visitor.barriers() == []
    run_id = visitor.go()
    card = page.locator("#card")
    expect(card).to_contain_text("sync/react-1", timeout=SLOW)
    expect(card).to_contain_text("2.5 USD")
    expect(card).to_contain_text("not checked by the API; our own check of")
    expect(visitor.stage.locator(".gated")).to_have_count(0)
    expect(visitor.stage).to_contain_text("react-1 · sad, head")
    (task,) = [t for t in api.tasks.values() if t["model"] == REACT]
    assert {n: v for n, v in task["input"].items() if n not in ("video", "audio")} == {
        "emotion": "sad",
        "model_mode": "head",
    }
    assert f"/api/v3/{REACT}" in visitor.code("curl")

    choose(page, "lipsync-2")
    expect(page.locator("#mode")).to_be_visible()
    expect(page.locator("#choice-emotion")).to_be_hidden()
    expect(page.locator("#hint")).to_contain_text("USD", timeout=SLOW)
    page.click("#view-runs-button")
    expect(page.locator("#history li")).to_contain_text("react-1")
    page.click("#run-model input")
    page.get_by_role("option", name="lipsync-2", exact=True).click()
    expect(page.locator("#history")).to_contain_text("No run of this browser is like that.")
    page.click("#run-model input")
    page.get_by_role("option", name="react-1", exact=True).click()
    page.locator("#history button", has_text="Judge").click()
    page.click("#run-repeat")
    expect(page.locator("#model input")).to_have_value("react-1")
    expect(page.locator("#choice-emotion label.selected")).to_contain_text("sad")
    assert visitor.complaints == []
    page.goto(f"{paid.url}/?run={run_id}")
    expect(page.locator("#card")).to_contain_text("sync/react-1", timeout=SLOW)


def test_models_are_compared_after_each_one_s_price(
    paid: Site, visit: Visit, api: ScriptedApi
) -> None:
    visitor = visit(paid.url)
    page = visitor.page
    visitor.use_key(KEY)
    visitor.pick("bounce")
    before = api.submits
    page.click("#compare-models")
    plan = page.locator("#models-plan")
    expect(plan.locator("label", has_text="lipsync")).to_have_text(
        [
            "lipsync-1.9.0-beta: at least 0.025 USD",
            "lipsync-2: at least 0.05 USD",
            "lipsync-2-pro: at least 0.025 USD",
            "lipsync-3: at least 0.135 USD",
        ],
        timeout=SLOW,
    )
    expect(plan).to_contain_text("all in bounce")
    expect(plan).to_contain_text("sync.so calls it its legacy model")
    expect(plan).to_contain_text("Together at least 0.160 USD for 2 runs")
    page.locator("#models-list").get_by_text("lipsync-2: at").click()
    expect(plan).to_contain_text("Together at least 0.210 USD for 3 runs")
    page.locator("#models-list").get_by_text("lipsync-2: at").click()
    page.locator("#models-list").get_by_text("lipsync-3: at").click()
    expect(plan).to_contain_text("Choose two models or more.")
    expect(page.locator("#models-start")).to_be_hidden()
    page.locator("#models-list").get_by_text("lipsync-3: at").click()
    assert visitor.barriers() == []
    assert api.submits == before
    page.click("#models-start")
    grid = page.locator("#compare-grid")
    expect(grid.locator(".cell h3")).to_have_text(
        ["lipsync-1.9.0-beta", "lipsync-3", "Input video"], timeout=SLOW
    )
    expect(grid).to_contain_text("2 of 2 done", timeout=SLOW)
    assert api.submits == before + 2
    assert [t["model"] for t in list(api.tasks.values())[-2:]] == [DEFAULT, NEWEST]
    grid.get_by_role("button", name="Use this model").nth(1).click()
    expect(page.locator("#model input")).to_have_value("lipsync-3")
    assert visitor.complaints == []
