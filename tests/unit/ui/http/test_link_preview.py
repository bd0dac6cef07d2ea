"""What a messenger reads of the page: our title, sentence and picture, and nothing of Gradio's."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import gradio
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lipsync_demo.languages import speaking
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import words
from lipsync_demo.ui.http import link_preview

GRADIOS = Path(gradio.__file__).parent / "templates/frontend/index.html"
SLACK_READS = 32_000
LARGEST = 100_000


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.metas: list[tuple[str, str]] = []
        self.titles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.titles += tag == "title"
        if tag == "meta" and (name := told.get("property") or told.get("name")):
            self.metas.append((name, told.get("content", "")))


def read(html: str) -> dict[str, str]:
    """The page's preview as a messenger reads it; each name stands there once."""
    reader = _Reader()
    reader.feed(html)
    names = [name for name, _ in reader.metas]
    assert len(names) == len(set(names)), names
    assert reader.titles == 1
    return dict(reader.metas)


@pytest.fixture
def page() -> str:
    """Gradio's own page before it is filled in."""
    return GRADIOS.read_text(encoding="utf-8")


def test_the_preview_is_ours(page: str, tmp_path: Path) -> None:
    html = link_preview.previewed(page, Settings(data_dir=tmp_path), "http://127.0.0.1:7860/")
    told = read(html[:SLACK_READS])
    assert told["og:title"] == told["twitter:title"] == "Lipsync Demo"
    assert told["og:description"] == told["description"] == words.DESCRIPTION
    assert told["og:image"] == told["twitter:image"] == "http://127.0.0.1:7860/link-preview.jpg"
    assert told["og:url"] == "http://127.0.0.1:7860/"
    assert told["twitter:card"] == "summary_large_image"
    before = html.partition("<script")[0]
    assert not re.search("gradio", " ".join([*told, *told.values()]), re.IGNORECASE)
    assert "<title>Lipsync Demo</title>" in before


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"public_url": "https://demo.example/lips"}, "https://demo.example/lips"),
        ({"space_host": "who-lips.hf.space"}, "https://who-lips.hf.space"),
    ],
)
def test_a_public_address_is_used_where_it_is_known(
    given: dict[str, str], address: str, page: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, **given)  # type: ignore[arg-type]
    told = read(link_preview.previewed(page, settings, "http://inner:7860/"))
    assert told["og:image"] == f"{address}/link-preview.jpg"
    assert told["og:url"] == f"{address}/"


def test_a_host_that_a_request_makes_up_stays_text(page: str, tmp_path: Path) -> None:
    host = 'http://"><script>alert(1)</script>/'
    html = link_preview.previewed(page, Settings(data_dir=tmp_path), host)
    assert "<script>alert" not in html


def test_the_sentence_is_in_the_readers_language(page: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with speaking("de"):
        told = read(link_preview.previewed(page, settings, "http://a/"))
        assert told["og:description"] == str(words.DESCRIPTION)


def test_the_picture_is_small_and_as_large_as_said(page: str, tmp_path: Path) -> None:
    told = read(link_preview.previewed(page, Settings(data_dir=tmp_path), "http://a/"))
    answer = TestClient(Starlette(routes=[link_preview.route()])).get(link_preview.PATH)
    assert answer.headers["content-type"] == "image/jpeg"
    assert len(answer.content) < LARGEST
    shown = Image.open(BytesIO(answer.content)).size
    assert [told["og:image:width"], told["og:image:height"]] == [str(side) for side in shown]
