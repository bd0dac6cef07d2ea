"""Every endpoint over plain HTTP."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
import requests

from lipsync_demo.settings import MODEL_ID
from tests.contract.serving import Served

SUBMIT = f"/api/v3/{MODEL_ID}"
URLS = {"video": "http://127.0.0.1:9/v.mp4", "audio": "http://127.0.0.1:9/a.wav"}


def envelope(answer: requests.Response, status: int = 200) -> Any:
    """The data of an answer that must be an envelope with this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"code", "message", "data"}
    assert body["code"] == status
    if status == 200:
        assert body["message"] == "success"
        return body["data"]
    assert body["data"] is None
    assert body["message"]
    return body["message"]


@pytest.fixture
def task(server: Served, http: requests.Session) -> Any:
    return envelope(http.post(server.url + SUBMIT, json=URLS))


def test_a_submit_is_answered_as_documented(server: Served, task: Any) -> None:
    assert re.fullmatch("[0-9a-f]{32}", task["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", task["created_at"])
    own = f"{server.url}/api/local/tasks/{task['id']}"
    assert task == {
        "id": task["id"],
        "model": MODEL_ID,
        "outputs": [],
        "urls": {
            "get": f"{server.url}/api/v3/predictions/{task['id']}/result",
            # Extensions of this server, which it announces.
            "cancel": f"{own}/cancel",
            "live": f"{own}/live",
        },
        "has_nsfw_contents": [],
        "status": "created",
        "created_at": task["created_at"],
        "error": "",
        "executionTime": 0,
        "timings": {"inference": 0},
    }


def nothing_there(answer: requests.Response) -> None:
    """The answer must equal the API router's answer to an unknown path."""
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text in ("404 page not found", "")


def test_a_task_is_at_its_result_path_only(
    server: Served, http: requests.Session, task: Any
) -> None:
    short = f"{server.url}/api/v3/predictions/{task['id']}"
    assert envelope(http.get(f"{short}/result")) == task
    nothing_there(http.get(short))


@pytest.mark.parametrize("task_id", ["0" * 32, "abc", "a" * 129, "a%20b", "ü"])
def test_an_unknown_task_is_not_found(server: Served, http: requests.Session, task_id: str) -> None:
    answer = http.get(f"{server.url}/api/v3/predictions/{task_id}/result")
    assert envelope(answer, 404) == "Prediction not found"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer wrong",
        "Bearer a-test-token2",
        "Basic a-test-token",
        "a-test-token",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", SUBMIT),
        ("POST", "/api/v3/another/model"),
        ("GET", "/api/v3/predictions/" + "0" * 32),
        ("GET", "/api/v3/balance"),
        ("POST", "/api/v3/media/upload/binary"),
        ("GET", "/api/nothing"),
    ],
)
def test_everything_under_api_needs_the_key_before_anything_else(
    server: Served, header: str | None, method: str, path: str
) -> None:
    headers = {} if header is None else {"Authorization": header}
    envelope(requests.request(method, server.url + path, headers=headers, timeout=10), 401)


def test_the_key_in_another_header_is_none(server: Served) -> None:
    headers = {"X-API-Key": server.token}
    envelope(requests.get(f"{server.url}/api/v3/balance", headers=headers, timeout=10), 401)


def test_an_unknown_model_is_told_before_its_body_is_judged(
    server: Served, http: requests.Session
) -> None:
    message = envelope(http.post(f"{server.url}/api/v3/sync/lipsync-9", data="{"), 404)
    assert "sync/lipsync-9" in message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "JSON object"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe", "JSON"),
        (b"[" * 100_000, "body"),
        (b"[]", "JSON object"),
        (b"null", "JSON object"),
        (b'{"audio": "a"}', 'field "video" is required'),
        (b'{"video": "v", "audio": 5}', 'field "audio"'),
        (b'{"video": "v", "audio": "a", "sync_mode": "x"}', "must be one of cut_off, bounce, loop"),
        (b'{"video": "v", "audio": "a", "sync_mode": 1}', "must be one of"),
        (b'{"video": "v", "audio": "a", "enable_sync_mode": "yes"}', 'field "enable_sync_mode"'),
    ],
)
def test_a_bad_submit_is_a_400_that_says_why(
    server: Served, http: requests.Session, body: bytes, words: str
) -> None:
    headers = {"Content-Type": "application/json"}
    assert words in envelope(http.post(server.url + SUBMIT, data=body, headers=headers), 400)


def test_a_field_nobody_knows_is_ignored_and_named_in_the_log(
    server: Served, http: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "lipsync_demo.backend")
    extras = {"enable_base64_output": False, "seed": 7, "webhook_url": "secret\nvalue"}
    task = envelope(http.post(server.url + SUBMIT, json={**URLS, **extras}))
    assert task["status"] == "created"
    assert "ignored ['seed', 'webhook_url']" in caplog.text
    assert "secret" not in caplog.text


def test_a_huge_json_body_is_refused(server: Served, http: requests.Session) -> None:
    body = {**URLS, "video": "http://127.0.0.1/" + "x" * (2 << 20)}
    envelope(http.post(server.url + SUBMIT, json=body), 413)


def test_a_huge_body_without_a_length_is_refused(server: Served, http: requests.Session) -> None:
    pieces = (b" " * (1 << 16) for _ in range(40))
    headers = {"Content-Type": "application/json"}
    envelope(http.post(server.url + SUBMIT, data=pieces, headers=headers), 413)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v3", "/api/v3/nothing/here", "/api/v2/x", "/api/v3/balance/x"]
)
def test_a_path_nobody_knows_is_a_plain_404(
    server: Served, http: requests.Session, method: str, path: str
) -> None:
    answer = http.request(method, server.url + path)
    if method == "POST" and path.startswith("/api/v3/"):
        assert envelope(answer, 404).startswith("Model not found")
    else:
        nothing_there(answer)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SUBMIT),
        ("DELETE", "/api/v3/predictions/" + "0" * 32),
        ("PUT", "/api/v3/media/uploads"),
        ("POST", "/outputs/" + "0" * 32 + ".mp4"),
    ],
)
def test_a_method_nobody_knows_is_a_plain_404(
    server: Served, http: requests.Session, method: str, path: str
) -> None:
    nothing_there(http.request(method, server.url + path))


def test_no_page_of_the_framework_is_served(server: Served, http: requests.Session) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/"):
        nothing_there(http.get(server.url + path))


def test_a_listing_is_paged_newest_first(server: Served, http: requests.Session) -> None:
    ids = [envelope(http.post(server.url + SUBMIT, json=URLS))["id"] for _ in range(3)]
    url = f"{server.url}/api/v3/predictions"
    first = envelope(http.post(url, json={"page": 1, "page_size": 2}))
    second = envelope(http.post(url, json={"page": 2, "page_size": 2}))
    assert [item["id"] for item in first["items"]] == [ids[2], ids[1]]
    assert second["items"][0]["id"] == ids[0]
    assert first["page"] == 1
    assert first["total"] == second["total"] >= 3
    assert "input" not in first["items"][0]


def test_a_listing_can_show_inputs(server: Served, http: requests.Session, task: Any) -> None:
    body = {"page": 1, "page_size": 1, "include_inputs": True, "model": MODEL_ID}
    item = envelope(http.post(f"{server.url}/api/v3/predictions", json=body))["items"][0]
    assert item["id"] == task["id"]
    assert item["input"] == {**URLS, "sync_mode": "cut_off"}


def test_a_listing_filters(server: Served, http: requests.Session, task: Any) -> None:
    url = f"{server.url}/api/v3/predictions"
    page = {"page": 1, "page_size": 100}
    for filters, found in (
        ({"status": "created"}, True),
        ({"status": "completed"}, False),
        ({"model": "another/model"}, False),
        ({"created_after": task["created_at"]}, True),
        ({"created_before": "2020-01-01T00:00:00Z"}, False),
        ({"created_after": "2020-01-01"}, True),
        ({"created_before": "2020-01-01"}, False),
    ):
        items = envelope(http.post(url, json={**page, **filters}))["items"]
        assert (task["id"] in [item["id"] for item in items]) is found, filters


@pytest.mark.parametrize(
    "body", [{}, {"page": 1}, {"page": 0, "page_size": 1}, {"page": 1, "page_size": 101}]
)
def test_a_listing_needs_a_page(server: Served, http: requests.Session, body: Any) -> None:
    envelope(http.post(f"{server.url}/api/v3/predictions", json=body), 400)


def test_a_running_task_is_not_deleted(server: Served, http: requests.Session, task: Any) -> None:
    url = f"{server.url}/api/v3/predictions/delete"
    assert envelope(http.post(url, json={"ids": [task["id"], "unknown"]})) == {"deleted_count": 0}
    envelope(http.get(f"{server.url}/api/v3/predictions/{task['id']}/result"))


def test_nobody_pays(server: Served, http: requests.Session) -> None:
    assert envelope(http.get(f"{server.url}/api/v3/balance")) == {"balance": 0, "currency": "USD"}
    body = {"model_id": MODEL_ID, "inputs": URLS}
    price = envelope(http.post(f"{server.url}/api/v3/model/price", json=body))
    assert price == {"model_id": MODEL_ID, "price": 0, "discounted_price": 0, "currency": "USD"}
    older = envelope(http.post(f"{server.url}/api/v3/model/pricing", json=body))
    assert older == {"model_id": MODEL_ID, "unit_price": 0, "currency": "USD"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"model_id": "another/model", "inputs": {}}, 404),
        ({"model_id": MODEL_ID}, 200),
        ({"model_id": MODEL_ID, "inputs": []}, 400),
        ({"model_id": MODEL_ID, "inputs": {"sync_mode": "x"}}, 400),
        ({"model_id": MODEL_ID, "inputs": {}}, 200),
    ],
)
def test_a_price_is_quoted_for_this_model_only(
    server: Served, http: requests.Session, body: Any, status: int
) -> None:
    for path in ("price", "pricing"):
        envelope(http.post(f"{server.url}/api/v3/model/{path}", json=body), status)


def test_the_model_describes_its_request(server: Served, http: requests.Session) -> None:
    (model,) = envelope(http.get(f"{server.url}/api/v3/models"))
    assert model["model_id"] == MODEL_ID
    (run,) = model["api_schema"]["api_schemas"]
    assert (run["type"], run["method"], run["api_path"]) == ("model_run", "POST", SUBMIT)
    schema = run["request_schema"]
    assert schema["required"] == ["video", "audio"]
    assert schema["additionalProperties"] is False
    assert schema["x-order-properties"] == ["video", "audio", "sync_mode"]
    assert schema["x-order-properties"] == list(schema["properties"])
    assert all(len(p["description"]) > 30 for p in schema["properties"].values())
    assert (run["server"], model["type"]) == (server.url, "digital-human")
    assert isinstance(model["sort_order"], int)
    assert model["description"]
    assert schema["properties"]["sync_mode"]["default"] == "cut_off"
    for mode in schema["properties"]["sync_mode"]["enum"]:
        envelope(http.post(server.url + SUBMIT, json={**URLS, "sync_mode": mode}))


def test_health_needs_no_key(server: Served) -> None:
    answer = requests.get(f"{server.url}/healthz", timeout=10)
    assert answer.status_code == 200
    health = answer.json()
    assert health["status"] == "ok"
    assert health["problem"] is None


def ticket(server: Served, http: requests.Session, size: int, **more: Any) -> Any:
    body = {"filename": "my talk.mp4", "size": size, **more}
    return envelope(http.post(f"{server.url}/api/v3/media/uploads", json=body))


def test_a_file_goes_in_on_a_ticket_and_out_in_ranges(
    server: Served, http: requests.Session
) -> None:
    content = bytes(range(256)) * 40
    made = ticket(server, http, len(content), content_type="video/mp4")
    upload = made["upload"]
    assert made["type"] == "video"
    assert (made["filename"], made["size"]) == ("my talk.mp4", len(content))
    assert upload["method"] == "PUT"
    assert upload["headers"] == {"Content-Type": "video/mp4", "If-None-Match": "*"}
    assert upload["url"] != made["download_url"]
    assert requests.get(made["download_url"], timeout=10).status_code == 404

    put = requests.put(upload["url"], data=content, headers=upload["headers"], timeout=10)
    assert put.status_code == 200
    whole = requests.get(made["download_url"], timeout=10)
    assert (whole.content, whole.headers["content-type"]) == (content, "video/mp4")
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = requests.get(made["download_url"], headers={"Range": "bytes=100-299"}, timeout=10)
    assert (part.status_code, part.content) == (206, content[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(content)}"
    end = requests.get(made["download_url"], headers={"Range": "bytes=-5"}, timeout=10)
    assert end.content == content[-5:]
    beyond = {"Range": f"bytes={len(content)}-"}
    assert requests.get(made["download_url"], headers=beyond, timeout=10).status_code == 416
    head = requests.head(made["download_url"], timeout=10)
    assert head.headers["content-length"] == str(len(content))


def test_a_ticket_is_good_for_one_file(server: Served, http: requests.Session) -> None:
    upload = ticket(server, http, 5)["upload"]
    for status in (200, 412):
        put = requests.put(upload["url"], data=b"12345", headers=upload["headers"], timeout=10)
        assert put.status_code == status


@pytest.mark.parametrize(
    ("change", "content", "status"),
    [
        ({"Authorization": "Bearer a-test-token"}, b"12345", 400),
        ({"Content-Type": "text/html"}, b"12345", 403),
        ({"If-None-Match": None}, b"12345", 403),
        ({}, b"1234", 400),
        ({}, b"123456", 400),
    ],
)
def test_a_put_must_be_what_its_ticket_says(
    server: Served, http: requests.Session, change: Any, content: bytes, status: int
) -> None:
    made = ticket(server, http, 5)
    headers = {k: v for k, v in {**made["upload"]["headers"], **change}.items() if v}
    envelope(requests.put(made["upload"]["url"], data=content, headers=headers, timeout=10), status)
    assert requests.get(made["download_url"], timeout=10).status_code == 404


@pytest.mark.parametrize("given", [None, "", "application/octet-stream"])
def test_without_a_type_the_ending_of_a_ticket_decides(
    server: Served, http: requests.Session, given: str | None
) -> None:
    made = ticket(server, http, 5, content_type=given)
    assert made["type"] == "video"
    assert made["upload"]["headers"]["Content-Type"] == "video/mp4"


def test_a_put_that_breaks_off_leaves_the_ticket_good(
    server: Served, http: requests.Session
) -> None:
    made = ticket(server, http, 1000)
    url = made["upload"]["url"]
    host, path = url.removeprefix("http://").split("/", 1)
    with socket.create_connection(host.rsplit(":", 1)) as raw:
        raw.sendall(
            f"PUT /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: video/mp4\r\n"
            f"If-None-Match: *\r\nContent-Length: 1000\r\n\r\nhalf".encode()
        )
    put = requests.put(url, data=b"x" * 1000, headers=made["upload"]["headers"], timeout=10)
    assert put.status_code == 200
    assert len(requests.get(made["download_url"], timeout=10).content) == 1000


def test_an_invented_ticket_opens_nothing(server: Served) -> None:
    url = f"{server.url}/tickets/invented"
    envelope(requests.put(url, data=b"12345", timeout=10), 403)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"filename": "a.mp4"}, 400),
        ({"filename": "a.mp4", "size": 0}, 400),
        ({"filename": "a.mp4", "size": (200 << 20) + 1}, 413),
        ({"filename": "a.txt", "size": 5}, 400),
        ({"filename": "", "size": 5}, 400),
        ({"filename": "a.txt", "size": 5, "content_type": "application/octet-stream"}, 400),
        ({"filename": "a.mpg", "size": 5, "content_type": "video/mpeg"}, 400),
        ({"filename": "a.ts", "size": 5, "content_type": "video/mp2t"}, 400),
        ({"filename": "a.mp4", "size": 5, "kind": "video"}, 200),
    ],
)
def test_a_bad_ticket_request_is_refused(
    server: Served, http: requests.Session, body: Any, status: int
) -> None:
    envelope(http.post(f"{server.url}/api/v3/media/uploads", json=body), status)


def test_the_older_upload_takes_a_form(server: Served, http: requests.Session) -> None:
    url = f"{server.url}/api/v3/media/upload/binary"
    files = {"file": ("speech.wav", b"RIFF1234", "audio/wav")}
    made = envelope(http.post(url, files=files))
    assert (made["type"], made["filename"], made["size"]) == ("audio", "speech.wav", 8)
    assert requests.get(made["download_url"], timeout=10).content == b"RIFF1234"


@pytest.mark.parametrize(
    ("filename", "kind", "served_as"),
    [("talk.mp4", "video", "video/mp4"), ("Speech.WAV", "audio", "audio/wav")],
)
def test_a_part_of_no_particular_type_is_what_its_ending_says(
    server: Served, http: requests.Session, filename: str, kind: str, served_as: str
) -> None:
    """What `curl -F file=@talk.mp4` sends, and clients that know no types."""
    files = {"file": (filename, b"some bytes", "application/octet-stream")}
    made = envelope(http.post(f"{server.url}/api/v3/media/upload/binary", files=files))
    assert made["type"] == kind
    assert requests.get(made["download_url"], timeout=10).headers["content-type"] == served_as


@pytest.mark.parametrize(
    "name",
    [
        b"caf\xe9.mp4",
        "я и 話 👩‍👩‍👧.mp4".encode(),
        b'a\\"b%22.mp4',
        b"../../etc/x.mp4",
        b"a\x00b\tc.mp4",
        b"x" * 255 + b".mp4",
    ],
)
def test_a_form_may_name_its_file_as_it_likes(
    server: Served, http: requests.Session, name: bytes
) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n'
    data = head + b"Content-Type: video/mp4\r\n\r\nsome bytes\r\n--x--\r\n"
    url = f"{server.url}/api/v3/media/upload/binary"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    made = envelope(http.post(url, data=data, headers=headers))
    assert (made["type"], made["size"]) == ("video", 10)
    assert requests.get(made["download_url"], timeout=10).content == b"some bytes"


def test_a_file_of_another_kind_is_told_which_are_taken(
    server: Served, http: requests.Session
) -> None:
    files = {"file": ("talk.mpg", b"some bytes", "application/octet-stream")}
    answer = http.post(f"{server.url}/api/v3/media/upload/binary", files=files)
    message = envelope(answer, 400)
    assert "talk.mpg" in message
    assert "mp4" in message


@pytest.mark.parametrize(
    "files",
    [
        {"data": ("a.wav", b"RIFF", "audio/wav")},
        {"file": ("a.wav", b"", "audio/wav")},
        {"file": ("a.html", b"<html>", "text/html")},
        {"file": (None, "just text")},
    ],
)
def test_a_form_without_a_media_file_is_refused(
    server: Served, http: requests.Session, files: Any
) -> None:
    envelope(http.post(f"{server.url}/api/v3/media/upload/binary", files=files), 400)


def test_a_form_that_is_none_is_refused(server: Served, http: requests.Session) -> None:
    url = f"{server.url}/api/v3/media/upload/binary"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for data, sent in ((b"nonsense", headers), (b"{}", {"Content-Type": "application/json"})):
        envelope(http.post(url, data=data, headers=sent), 400)


@pytest.mark.parametrize(
    "path",
    [
        "/uploads/" + "0" * 32 + ".mp4",
        "/outputs/" + "0" * 32 + ".mp4",
        "/outputs/jobs.sqlite3",
        "/outputs/..%2Fjobs.sqlite3",
        "/uploads/..%2Fjobs.sqlite3",
        "/outputs/%2e%2e/jobs.sqlite3",
        "/uploads/",
    ],
)
def test_only_files_that_were_named_are_served(server: Served, path: str) -> None:
    answer = requests.get(server.url + path, timeout=10)
    assert answer.status_code == 404
    assert "page not found" in answer.text or envelope(answer, 404)
