"""Starts a page in a process of its own, and waits until it answers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

import lab

ROOT = Path(lab.__file__).resolve().parents[1]
PATIENCE = 120.0
"""Seconds a page may take to open, and a process to end."""
LOOK_SECONDS = 0.01
"""Seconds between two looks at whether the page answers."""


@dataclass(frozen=True)
class Page:
    """A page that answers: `opened` is how many seconds after its start it did so first."""

    url: str
    process: subprocess.Popen[bytes]
    opened: float
    folder: Path


def environment(folder: Path) -> dict[str, str]:
    """The environment without settings of the app, with data in `folder`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("WAVESPEED", "LIPSYNC", "GRADIO", "SPACE"))
    }
    return {
        **kept,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "LIPSYNC_DATA_DIR": str(folder),
        "LIPSYNC_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def page(folder: Path, command: Sequence[str] = ("app.py",)) -> Iterator[Page]:
    """Run Python with `command` until it serves a page, and end it afterwards.

    Raises:
        RuntimeError: it ended, or served nothing in time.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    url, log = f"http://127.0.0.1:{port}", folder / "page.log"
    with log.open("ab") as output:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, *command],
            cwd=ROOT,
            env={**environment(folder), "PORT": str(port)},
            stdout=output,
            stderr=output,
        )
    try:
        yield Page(url, process, _answered(url, process, began, log), folder)
    finally:
        running = process.poll() is None
        children = psutil.Process(process.pid).children(recursive=True) if running else []
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


def _answered(url: str, process: subprocess.Popen[bytes], began: float, log: Path) -> float:
    while (passed := time.perf_counter() - began) < PATIENCE and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(url, timeout=PATIENCE).ok:
                return time.perf_counter() - began
        time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"no page after {passed:.0f} s: {log.read_text(encoding='utf-8')[-2000:]}")
