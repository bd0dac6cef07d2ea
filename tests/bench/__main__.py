"""Prints the tables of `docs/page.md`; leave the machine alone meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import requests
import typer

from tests.bench import barriers, lighthouse
from tests.browser.site import ROOT, free_port, opened


@contextmanager
def _bare(folder: Path) -> Iterator[str]:
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRADIO")}
    with (folder / "bare.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.bare", str(port)],
            cwd=ROOT,
            env={**kept, "GRADIO_ANALYTICS_ENABLED": "False"},
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        while process.poll() is None:
            try:
                requests.get(url, timeout=5).raise_for_status()
                break
            except requests.RequestException:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


def main(
    runs: Annotated[int, typer.Option(min=1, help="Looks at each page; the middle counts.")] = 3,
) -> None:
    """Measure the page and a bare page of Gradio with Lighthouse, and the page with axe."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        command = lighthouse.install(folder)
        with opened(folder, forked=False) as site, _bare(folder) as bare:
            typer.echo(f"| page | {lighthouse.HEADINGS} |\n|{' --- |' * 8}")
            for name, url in (("this page", site.url), ("bare Gradio", bare)):
                for desktop in (True, False):
                    found = lighthouse.measured(
                        command, url, desktop=desktop, runs=runs, chromium=chromium
                    )
                    where = "desktop" if desktop else "phone, throttled"
                    typer.echo(f"| {name}, {where} | {found.row()} |")
            typer.echo(f"\n| {barriers.HEADINGS} |\n|{' --- |' * 6}")
            for row in barriers.rows(site.url, chromium):
                typer.echo(f"| {row} |")


if __name__ == "__main__":
    typer.run(main)
