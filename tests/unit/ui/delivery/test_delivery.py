"""The page's files: bundled, compressed as the browser wants it, kept as long as they may be."""

from __future__ import annotations

import gzip
import json
import re

import brotli
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lipsync_demo.languages import current
from lipsync_demo.ui.delivery import bundles, modules
from lipsync_demo.ui.delivery.bundles import FOREVER, Bundles, bundled
from lipsync_demo.ui.delivery.document import KEPT, Document, rewritten
from lipsync_demo.ui.delivery.middleware import Delivery
from lipsync_demo.ui.http.language import ReaderLanguage

GRADIO = (modules.ASSETS.parent / "index.html").read_text(encoding="utf-8")
LONG = "long " * 1000


@pytest.fixture(scope="module")
def loaded() -> Bundles:
    return bundled(
        {"html", "video"}, theme=":root{--t:1}", style="#own{}", script="own()", picture=b"webp"
    )


@pytest.fixture(scope="module")
def client(loaded: Bundles) -> TestClient:
    def page(request: Request) -> Response:
        return HTMLResponse(GRADIO + LONG)

    def answer(request: Request) -> Response:
        return JSONResponse({"data": [LONG]})

    def stream(request: Request) -> Response:
        return StreamingResponse(iter([LONG, LONG]), media_type="text/event-stream")

    def asset(request: Request) -> Response:
        found = request.path_params["name"].endswith(".js")
        return Response(LONG, 200 if found else 404)

    return TestClient(
        Starlette(
            routes=[
                *loaded.routes(),
                Route("/", page),
                Route("/gradio_api/run/predict", answer),
                Route("/gradio_api/queue/data", stream),
                Route("/assets/{name}", asset),
            ],
            middleware=[
                Middleware(Delivery),
                Middleware(
                    Document,
                    rewrite=lambda html, asked: rewritten(html, loaded, f"<meta {asked}>"),
                ),
            ],
        )
    )


@pytest.mark.parametrize(
    ("taken", "told", "unpack"),
    [("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("", None, bytes)],
)
def test_a_bundle_comes_compressed_and_may_be_kept(
    client: TestClient, loaded: Bundles, taken: str, told: str | None, unpack: object
) -> None:
    with client.stream(
        "GET", f"/assets/{loaded.gradio.name}", headers={"Accept-Encoding": taken}
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == told
    assert answer.headers["cache-control"] == FOREVER
    assert callable(unpack)
    assert unpack(raw) == loaded.gradio.content


def test_a_picture_is_not_compressed_again(client: TestClient, loaded: Bundles) -> None:
    assert loaded.picture is not None
    answer = client.get(f"/assets/{loaded.picture.name}")
    assert (answer.content, answer.headers["content-type"]) == (b"webp", "image/webp")
    assert "content-encoding" not in answer.headers


def test_the_name_of_a_bundle_changes_with_its_content(loaded: Bundles) -> None:
    other = bundled({"html", "video"}, theme=":root{--t:2}", style="#own{}", script="own()")
    assert other.style.name != loaded.style.name
    assert other.gradio.name == loaded.gradio.name


def test_stylesheets_keep_gradios_order_around_the_theme_and_the_pages_own(loaded: Bundles) -> None:
    style = loaded.style.content.decode()
    early, late = modules.text(loaded.sheets[0]), modules.text(loaded.sheets[-1])
    places = [style.index(text) for text in (early, ":root{--t:1}", "#own{}", late)]
    assert places == sorted(places)


def test_the_page_loads_the_bundles_instead_of_gradios_first_module(
    client: TestClient, loaded: Bundles
) -> None:
    answer = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    html = answer.text
    head = html.partition("</head>")[0]
    assert f'src="./assets/{loaded.entry}"' not in html
    assert all(bundle.name in head for bundle in (loaded.gradio, loaded.style, loaded.own))
    assert "<meta http://testserver/>" in head
    assert html.endswith(LONG)


def test_an_unknown_page_of_gradio_is_left_to_load_itself(loaded: Bundles) -> None:
    unknown = GRADIO.replace(loaded.entry, "index-other123.js")
    html = rewritten(unknown, loaded, "<meta own>")
    assert 'src="./assets/index-other123.js"' in html
    assert loaded.style.name in html
    assert loaded.gradio.name not in html


def test_a_gradio_built_otherwise_leaves_the_bundle_empty(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bundles, "ENTRY", re.compile("no such page"))
    other = bundled({"html"}, theme="theme", style="style", script="script")
    assert (other.entry, other.modules, other.sheets) == ("", [], [])
    assert other.style.content == b"theme\nstyle"
    assert "file by file" in caplog.text


def test_events_are_compressed_and_streams_are_not(client: TestClient) -> None:
    taken = {"Accept-Encoding": "gzip"}
    event = client.get("/gradio_api/run/predict", headers=taken)
    assert event.headers["content-encoding"] == "gzip"
    assert json.loads(event.text) == {"data": [LONG]}
    stream = client.get("/gradio_api/queue/data", headers=taken)
    assert "content-encoding" not in stream.headers


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/Index-BvgenQIA.js", FOREVER),
        ("/assets/Index-BvgenQIA.txt", None),
        ("/assets/logo.js", None),
    ],
)
def test_what_has_a_hash_in_its_name_may_be_kept(
    client: TestClient, path: str, kept: str | None
) -> None:
    assert client.get(path).headers.get("cache-control") == kept


def test_the_page_is_made_once_for_each_language_and_address() -> None:
    made: list[tuple[str, str]] = []

    def page(request: Request) -> Response:
        made.append((current(), str(request.url)))
        return HTMLResponse(f"<body>{len(made)}</body>")

    app = Starlette(
        routes=[Route("/", page)],
        middleware=[
            Middleware(ReaderLanguage),
            Middleware(Document, rewrite=lambda html, asked: f"{html}{asked}"),
        ],
    )
    here, there = TestClient(app), TestClient(app, base_url="http://other.example")

    def got(client: TestClient, path: str = "/", **headers: str) -> str:
        answer = client.get(path, headers=headers)
        assert int(answer.headers["content-length"]) == len(answer.content)
        return answer.text

    first = got(here)
    assert first == "<body>1</body>http://testserver/"
    assert got(here, "/?run=1") == got(here, "/?view=runs") == first
    german = got(here, **{"Accept-Language": "de"})
    proxied = got(here, **{"X-Forwarded-Host": "proxy.example"})
    assert len({first, german, proxied, got(there)}) == 4
    assert got(here, **{"Accept-Language": "de"}) == german
    assert [language for language, _ in made] == ["en", "de", "en", "en"]
    # Another page of Gradio's is neither kept nor answered by this one.
    assert got(here, "/?deep_link=1") != got(here, "/?deep_link=1") != first
    for number in range(2 * KEPT):
        got(here, **{"X-Forwarded-Host": f"{number}.example"})
    assert len(made) == 6 + 2 * KEPT


def test_a_page_that_failed_is_made_again() -> None:
    statuses = iter([500, 200])

    def page(request: Request) -> Response:
        return HTMLResponse("<body></body>", next(statuses))

    app = Document(Starlette(routes=[Route("/", page)]), rewrite=lambda html, _: html)
    client = TestClient(app)
    assert [client.get("/").status_code for _ in range(3)] == [500, 200, 200]
