"""Two pages behind nginx as it is deployed: who stays where, and what goes through as it comes."""

from __future__ import annotations

import http.client
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.browser.conftest import Visit
from tests.browser.site import Site, opened
from tests.contract.serving import TOKEN, served
from tests.contract.test_operating import scraped
from tests.contract.test_renders import eventually
from tests.servers.nginx import Nginx, nginx_server
from tests.unit.api.mcp_site import ACCEPT, LISTING, OPENING, TOKENS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECRET = "a-secret-that-both-replicas-share"
MB = 1 << 20
UPLOAD_MB = 100
COOKIE = "lipsync_replica"


@dataclass(frozen=True)
class Front:
    """nginx, and the pages by what their health check tells of them."""

    nginx: Nginx
    sites: dict[str, Site]

    def told(self, session: requests.Session) -> str:
        """Which page answers a browser."""
        answer = session.get(f"{self.nginx.pages}/healthz", timeout=30)
        assert answer.status_code == 200
        return str(answer.json()["backend"])


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    shared = {
        "LIPSYNC_SIGNING_SECRET": SECRET,
        "LIPSYNC_TRUSTED_PROXIES": "127.0.0.1",
        "LIPSYNC_API_TOKENS": TOKENS["ann"][1].line,
    }
    # They are told apart by this, and both start without an engine.
    kinds = {"wavespeed": {}, "local": {"LIPSYNC_DEMO_MODE": "1"}}
    with ExitStack() as stack:
        sites = {}
        for kind, given in kinds.items():
            (folder / kind).mkdir()
            given = {"LIPSYNC_BACKEND": kind, **shared, **given}
            sites[kind] = stack.enter_context(opened(folder / kind, **given))
        first, second = (stack.enter_context(served(folder / one)) for one in ("one", "two"))
        (folder / "nginx").mkdir()
        places = {
            "app-1:7860": urlsplit(sites["wavespeed"].url).netloc,
            "app-2:7860": urlsplit(sites["local"].url).netloc,
            "backend-1:8000": urlsplit(first.url).netloc,
            "backend-2:8000": urlsplit(second.url).netloc,
        }
        yield Front(stack.enter_context(nginx_server(folder / "nginx", places)), sites)


def test_a_browser_stays_with_the_page_it_came_to_first(front: Front) -> None:
    came: Counter[str] = Counter()
    for _ in range(24):
        with requests.Session() as session:
            first = front.told(session)
            assert re.fullmatch("[0-9a-f]{32}", session.cookies[COOKIE])
            assert {front.told(session) for _ in range(3)} == {first}
            came[first] += 1
    assert came.keys() == front.sites.keys()
    made_up = requests.get(
        f"{front.nginx.pages}/healthz", cookies={COOKIE: "x; Path=/"}, timeout=30
    )
    assert "HttpOnly; SameSite=Lax" in made_up.headers["Set-Cookie"]


def test_a_program_without_cookies_stays_with_the_page_that_knows_its_session(
    front: Front,
) -> None:
    address = f"{front.nginx.pages}/mcp"
    headers = {**ACCEPT, "Authorization": f"Bearer {TOKENS['ann'][0]}"}
    opening = requests.post(address, json=OPENING, headers=headers, timeout=30)
    session = {"Mcp-Session-Id": opening.headers["mcp-session-id"]}
    for _ in range(8):
        answer = requests.post(address, json=LISTING, headers=headers | session, timeout=30)
        assert answer.status_code == 200


def test_the_events_of_a_visitor_reach_their_page_and_no_other(
    front: Front, visit: Visit, clip: Path, speech: Path
) -> None:
    ada = visit(front.nginx.pages)
    ada.choose(clip, speech, question="longer")

    def pages() -> dict[str, float]:
        return {k: scraped(one.url)["lipsync_sessions_open",] for k, one in front.sites.items()}

    [cookie] = [c["value"] for c in ada.page.context.cookies() if c["name"] == COOKIE]
    with requests.Session() as session:
        session.cookies.set(COOKIE, cookie)
        mine = front.told(session)
    assert {kind for kind, count in pages().items() if count} == {mine}
    uploads = front.sites[mine].folder / "data" / "uploads"
    assert [path for path in uploads.rglob("*.mp4") if path.stat().st_size == clip.stat().st_size]
    ada.reload()
    eventually(lambda: sum(pages().values()) == pages()[mine] == 1)
    assert ada.complaints == []


def test_a_large_upload_arrives_while_it_is_sent(front: Front) -> None:
    """Nothing of it waits in nginx."""
    head = (
        b'--rim\r\nContent-Disposition: form-data; name="files"; filename="long.mp4"\r\n'
        b"Content-Type: video/mp4\r\n\r\n"
    )
    foot = b"\r\n--rim--\r\n"
    block = bytes(MB)
    place = urlsplit(front.nginx.pages)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    connection.putrequest("POST", "/gradio_api/upload")
    connection.putheader("Content-Type", "multipart/form-data; boundary=rim")
    connection.putheader("Content-Length", str(len(head) + UPLOAD_MB * MB + len(foot)))
    connection.putheader("Cookie", f"{COOKIE}={'7' * 32}")
    connection.endheaders()
    connection.send(head)

    def arrived() -> int:
        parts = [p for one in front.sites.values() for p in (one.folder / "data").rglob("*")]
        return max((p.stat().st_size for p in parts if p.is_file()), default=0)

    for _ in range(UPLOAD_MB // 2):
        connection.send(block)
    eventually(lambda: arrived() > UPLOAD_MB // 4 * MB)
    assert front.nginx.held() == 0
    for _ in range(UPLOAD_MB - UPLOAD_MB // 2):
        connection.send(block)
    connection.send(foot)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 200
    assert arrived() == UPLOAD_MB * MB
    assert front.nginx.held() == 0


def test_what_is_for_operators_is_not_passed_on(front: Front) -> None:
    for path in ("/metrics", "/metrics/backend"):
        assert requests.get(f"{front.nginx.pages}{path}", timeout=30).status_code == 404
    spoken = requests.post(
        f"{front.nginx.pages}/enter", headers={"Origin": "https://evil.example"}, timeout=30
    )
    assert spoken.status_code == 403
    log = (front.nginx.folder / "access.log").read_text(encoding="utf-8")
    assert '"status":404' in log
    assert "/metrics" not in log


def test_both_backends_answer_at_one_address(front: Front) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    ticket = requests.post(
        f"{front.nginx.backends}/api/v3/media/uploads",
        json={"filename": "a.wav", "size": 4, "content_type": "audio/wav"},
        headers=headers,
        timeout=30,
    ).json()["data"]
    # Whatever is given as an address is at the door the client came by.
    assert ticket["upload"]["url"].startswith(f"{front.nginx.backends}/")


def test_the_visitors_of_a_page_that_is_gone_come_to_the_other(front: Front) -> None:
    """The last test here."""
    with requests.Session() as session:
        gone = front.told(session)
        front.sites[gone].kill()
        [left] = front.sites.keys() - {gone}
        assert front.told(session) == left
        assert session.get(front.nginx.pages, timeout=60).status_code == 200
