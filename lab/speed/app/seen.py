"""From the moment the backend has a video to the moment the page shows it."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from lab import thresholds
from lab.speed.app.figures import Figure
from lab.speed.app.servers import page

LOOK_SECONDS = 0.005
MILLISECONDS = 120_000
"""Timeout of each thing of the page."""
SHOWN = """before => new Promise(told => {
  const look = () => {
    const video = document.querySelector('#stage video');
    const source = video ? video.currentSrc : '';
    if (source && source !== before) told([Date.now(), source]);
    else requestAnimationFrame(look);
  };
  look();
})"""


class _Outputs:
    """Notes when the backend's folder of outputs has one more file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = set(folder.glob("*.mp4"))
        self.appeared: float | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not set(self._folder.glob("*.mp4")) - self._known:
            time.sleep(LOOK_SECONDS)
        self.appeared = time.time()


def seen(folder: Path, rounds: int) -> Figure:
    """Run the page's first sample in a browser; a video is seen when the player has its address."""
    waits: list[float] = []
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with page(folder) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(site.url)
        tab.locator("#question, #mode").filter(has_text="longer").first.wait_for(
            timeout=MILLISECONDS
        )
        last = tab.evaluate("document.querySelector('#stage video')?.currentSrc ?? ''")
        for _ in range(rounds + 1):
            outputs = _Outputs(folder / "backend" / "outputs")
            tab.click("#go")
            moment, last = tab.evaluate(SHOWN, last)
            if outputs.appeared is None:
                raise RuntimeError("the page shows a video that the backend has not made")
            waits.append(moment / 1000 - outputs.appeared)
        browser.close()
    return Figure(
        thresholds.SEEN,
        median(waits[1:]),
        f"{min(waits[1:]):.2f} to {max(waits[1:]):.2f} s, {rounds} runs",
    )
