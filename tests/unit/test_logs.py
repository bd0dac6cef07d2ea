"""Log lines: about which run and task, as text or JSON, without secrets."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from lipsync_demo import logs
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.transport import Transport

KEY = "canary/of a+key-0123456789"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root, kept = logging.getLogger(), (sys.stderr, sys.excepthook, threading.excepthook)
    handlers, level = list(root.handlers), root.level
    yield
    sys.stderr, sys.excepthook, threading.excepthook = kept
    logging.captureWarnings(False)
    root.handlers[:], root.level = handlers, level
    logs._hidden.clear()
    logs._pattern.cache_clear()
    logs._chosen = "text"


def lines(text: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


def test_a_line_is_about_the_run_and_the_task_of_its_block(
    written: io.StringIO,
) -> None:
    logs.set_up("json", stream=written)
    log = logging.getLogger("lipsync_demo.x")
    with logs.about(run="r1"):
        with logs.about(task="t1"):
            log.info("both %s", 1)
        log.warning("two\nlines")
    log.info("none")
    both, run, none = lines(written.getvalue())
    assert (both["run"], both["task"], both["message"]) == ("r1", "t1", "both 1")
    assert (run["run"], run["message"], run["level"]) == ("r1", "two\nlines", "warning")
    assert "task" not in run
    assert not {"run", "task"} & none.keys()


@pytest.mark.parametrize("chosen", ["text", "json"])
def test_a_key_is_written_in_no_form(written: io.StringIO, chosen: logs.LogFormat) -> None:
    logs.set_up(chosen, stream=written)
    Transport("https://api.example", SecretStr(KEY.replace(" ", "_").replace("/", "_")))
    logs.hide(KEY)
    logs.hide("short")
    log = logging.getLogger("x")
    log.info("GET https://x/?key=%s", "canary%2Fof%20a%2Bkey-0123456789")
    log.info("sent %r, not %s", {"Authorization": f"Bearer {KEY}"}, "short")
    log.info("of a client: canary_of_a+key-0123456789")
    try:
        raise ValueError(f"bad {KEY}")
    except ValueError:
        log.exception("no")
    text = written.getvalue()
    assert "canary" not in text
    assert text.count("[key]") == 4
    assert "not short" in text


def test_what_libraries_print_and_what_ends_threads_are_lines(
    written: io.StringIO,
) -> None:
    logs.set_up("json", stream=written)
    logs.hide(KEY)
    print("printed", KEY, file=sys.stderr)
    print("half", end=" ", file=sys.stderr)
    print("a line", file=sys.stderr)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    printed, half, ended = lines(written.getvalue())
    assert printed["message"] == "printed [key]"
    assert half["message"] == "half a line"
    assert "ZeroDivisionError" in ended["error"]


def test_the_settings_know_what_is_secret() -> None:
    settings = Settings(
        api_key=SecretStr("the-key"),
        metrics_token=SecretStr("the-token"),
        backend_token=SecretStr("the-backends"),
        store_key=SecretStr("the-stores"),
        signing_secret=SecretStr("the-signing-secret"),
        database_url="postgresql+psycopg://lipsync:p%40ss@db/lipsync",
        queue_url=SecretStr("redis://:broker-word@host/0"),
    )
    assert set(settings.secrets) == {
        *("the-key", "the-token", "the-backends", "the-signing-secret", "p@ss", "broker-word"),
        "the-stores",
    }
