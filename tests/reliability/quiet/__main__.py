"""The app at rest and during a run, maybe in a network of its own that leads nowhere."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect, sync_playwright

from tests.browser.site import ROOT, opened
from tests.browser.visitor import Visitor
from tests.reliability.quiet import calls

HOOK = Path(calls.__file__).with_name("hook")
RUN_MS = 600_000
"""Milliseconds for a run of the local backend."""


def main(rest: float, chromium: str, alone: bool) -> dict[str, Any]:
    """Rest with an open page, then make a run; what was called and asked for meanwhile."""
    if alone:
        _loopback_up()
    before = calls.without_a_route(4), calls.without_a_route(6)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        log = Path(made) / "calls.jsonl"
        environment = {
            "PYTHONPATH": os.pathsep.join([str(HOOK), str(ROOT)]),
            "PYTHON_CALLS_FILE": str(log),
        }
        with opened(Path(made), forked=False, **environment) as site:
            # Chromium itself looks for a route of IPv6, though it sends nothing there.
            sixth = calls.without_a_route(6) - before[1]
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = browser.new_context()
            context.add_init_script("localStorage.setItem('lipsync-demo-tour', 'seen')")
            visitor = Visitor(context.new_page())
            visitor.open(site.url)
            visitor.page.wait_for_timeout(rest * 1000)
            rested = len(calls.written(log))
            at_rest = len(visitor.requests)
            visitor.go()
            video = visitor.page.locator("#stage video").first
            expect(video).to_be_visible(timeout=RUN_MS)
            expect(visitor.page.locator("#card")).to_contain_text("NSFW", timeout=RUN_MS)
            asked = [request.url for request in visitor.requests]
            browser.close()
            answered = site.stop()
        found = calls.written(log)
    own = f"127.0.0.1:{site.port}"
    return {
        "calls": len(found),
        "at rest": rested,
        "outside": sorted(set(calls.outside(found))),
        "requests": len(asked),
        "requests at rest": at_rest,
        "requests outside": sorted({url for url in asked if not _of(url, own)}),
        "no route": calls.without_a_route(4) - before[0] + sixth,
        "exit": answered,
        "seconds": rest,
    }


def _of(url: str, own: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.netloc == own


def _loopback_up() -> None:
    """Switch on the only interface of a new network."""
    flags, name = 0x8914, b"lo"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, flags, struct.pack("16sH14x", name, 0x1 | 0x40))


if __name__ == "__main__":
    seconds, path, network = sys.argv[1:]
    json.dump(main(float(seconds), path, network == "alone"), sys.stdout)
