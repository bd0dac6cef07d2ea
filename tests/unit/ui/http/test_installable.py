"""What a browser needs to install the page."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageColor
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lipsync_demo.ui.http import installable


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=installable.routes()))


def test_the_manifest_meets_chromiums_criteria(client: TestClient) -> None:
    answer = client.get("/manifest.json")
    told = answer.json()
    assert answer.headers["content-type"] == "application/manifest+json"
    assert told["name"]
    assert told["start_url"] == told["scope"] == told["id"] == "./"
    assert told["display"] == "standalone"
    assert {icon["sizes"] for icon in told["icons"] if icon["purpose"] == "any"} >= {
        "192x192",
        "512x512",
    }


def test_each_icon_is_there_in_its_size(client: TestClient) -> None:
    for told in client.get("/manifest.json").json()["icons"]:
        answer = client.get(told["src"].removeprefix("."))
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert "x".join(map(str, picture.size)) == told["sizes"]
            corner = picture.getpixel((0, 0))
            colours = {colour for _, colour in picture.getcolors(picture.width**2) or []}
        assert isinstance(corner, tuple)
        # A system that cuts an icon itself must find no hole in its corners.
        assert corner[3] == (255 if told["purpose"] == "maskable" else 0)
        assert (*ImageColor.getrgb(installable.LIPS), 255) in colours


@pytest.mark.parametrize("name", ["200", "192-other", "x"])
def test_there_are_no_other_icons(client: TestClient, name: str) -> None:
    assert client.get(f"/icon-{name}.png").status_code == 404
