"""The public clients, really installed, and a local backend for them.

Packages go into folders of the session; nothing of them is changed but the base address.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import requests

from lipsync_demo.backend.process import LocalBackend
from tests.contract.test_renders import face
from tests.media_factory import make_speechlike, make_video

HERE = Path(__file__).parent
PYPI_PACKAGE = "wavespeed==2.0.5"
INSTALL_SECONDS = 180
CALL_SECONDS = 100
RING = "clients"


@dataclass(frozen=True)
class Bench:
    """A backend that is ready to render, and a pair of inputs."""

    url: str
    key: str
    video: Path
    speech: Path

    def environment(self, home: Path, **more: str) -> dict[str, str]:
        """A client's environment: the key, its own home folder, and what processes need."""
        kept = {n: os.environ[n] for n in ("PATH", "LANG", "SYSTEMROOT") if n in os.environ}
        own = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "NO_COLOR": "1"}
        return {**kept, **own, "WAVESPEED_API_KEY": self.key, **more}

    def result(self, task_id: str) -> Any:
        """The task as any client sees it."""
        url = f"{self.url}/api/v3/predictions/{task_id}/result"
        return requests.get(url, headers={"Authorization": f"Bearer {self.key}"}, timeout=10)


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("bench")
    pictures = [face(shift) for shift in range(5)]
    video = make_video(folder / "talk.mp4", Fraction(1, 5), 25, (256, 256), pictures=pictures)
    speech = make_speechlike(folder / "speech.wav", Fraction(2, 5))
    with LocalBackend(folder, 1) as backend:
        deadline = time.monotonic() + CALL_SECONDS
        while requests.get(f"{backend.url}/healthz", timeout=10).json()["models"] != "ready":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield Bench(backend.url, backend.token, video, speech)


def called(*command: object, **options: Any) -> str:
    """The standard output of a command that must succeed."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=CALL_SECONDS,
        stdin=subprocess.DEVNULL,
        **options,
    )
    assert done.returncode == 0, f"{command[:3]}: {done.stdout}\n{done.stderr}"
    return done.stdout


def last_json(output: str) -> Any:
    return json.loads(output.strip().splitlines()[-1])


Leave = Callable[[str, str], None]


def install(leave_out: Leave, what: str, *command: object, **options: Any) -> None:
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            **options,
        )
        problem = done.stderr if done.returncode else ""
    except subprocess.TimeoutExpired:
        problem = "it took too long"
    except OSError as error:
        problem = str(error)
    if problem:
        last = problem.strip().splitlines()[-1]
        leave_out(RING, f"clients ring skipped: {what} cannot be installed: {last}")


@pytest.fixture(scope="session")
def python_packages(tmp_path_factory: pytest.TempPathFactory, leave_out: Leave) -> Path:
    """A folder for `PYTHONPATH` with PyPI's client; what it needs is in this environment."""
    folder = tmp_path_factory.mktemp("pypi")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    where = ["--no-deps", "--target", folder]
    install(leave_out, PYPI_PACKAGE, *pip, *where, PYPI_PACKAGE)
    return folder


@pytest.fixture(scope="session")
def node_packages(tmp_path_factory: pytest.TempPathFactory, leave_out: Leave) -> Path:
    """A folder whose `node_modules` holds the clients of `package.json`."""
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_bytes((HERE / name).read_bytes())
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    install(leave_out, "the packages from npm", "npm", "ci", *quiet, cwd=folder)
    return folder
