"""Rules for every ring: an ERROR log fails a test; a ring that cannot run says why.

With LIPSYNC_REQUIRE_ALL_RINGS set (as in CI) a ring that would be skipped fails instead.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# First: a test module that imported Gradio before would have it write its stub files.
import lipsync_demo.ui  # noqa: F401
from tests.shares import shared_out

REQUIRE_ALL = bool(os.environ.get("LIPSYNC_REQUIRE_ALL_RINGS"))
OLDEST_NODE = 18
ROOM_BYTES = 2_000_000_000
"""What temporary files of all tests fit into, with room for what fails."""
# Workers, and the processes that tests start, would else compile the project anew each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# As a worker of the local backend has it: threads of one library fight for the cores.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
# Databases wait for the disk with each commit, most of the time a test of runs takes.
_memory = Path("/dev/shm")
if os.access(_memory, os.W_OK) and shutil.disk_usage(_memory).free >= ROOM_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_memory))
# A busy machine is no failure: examples are not held to a wall clock.
settings.register_profile("patient", deadline=None)
# For further Pythons, which are to run examples, not to find new ones.
settings.register_profile("few", deadline=None, max_examples=10)
settings.load_profile("patient")
_missing = pytest.StashKey[dict[str, str]]()


def chromium() -> str | None:
    return next(
        (
            p
            for n in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
            if (p := shutil.which(n))
        ),
        None,
    )


def _media() -> Path | None:
    value = os.environ.get("LIPSYNC_TEST_MEDIA")
    return Path(value) if value and Path(value, "index.csv").is_file() else None


def _node() -> str | None:
    """The version of Node.js, if it is new enough and has npm beside it."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    version = told.stdout.strip().lstrip("v")
    major = version.partition(".")[0]
    return version if major.isdigit() and int(major) >= OLDEST_NODE else None


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_missing] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    absent: dict[str, str] = {}
    if chromium() is None:
        absent["browser"] = (
            "browser ring skipped: no Chromium; install it with 'apt install chromium'"
        )
    if _media() is None:
        absent["media"] = (
            "real-media tests skipped: set LIPSYNC_TEST_MEDIA to the folder that holds the "
            "test clips' index.csv"
        )
    if _node() is None:
        absent["node"] = (
            f"clients ring skipped: no Node.js {OLDEST_NODE} or newer with npm; "
            "install them with 'apt install nodejs npm'"
        )
    for item in items:
        for ring, reason in absent.items():
            if item.get_closest_marker(ring) is None:
                continue
            config.stash[_missing][ring] = reason
            if not REQUIRE_ALL:
                item.add_marker(pytest.mark.skip(reason=reason))
    worker: dict[str, Any] = getattr(config, "workerinput", {})
    items[:] = shared_out(
        items,
        worker.get("workercount", 1),
        module=lambda item: item.path,
        long=lambda item: item.get_closest_marker("browser") is not None,
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    # A parallel run collects in its workers only; they hand on what they miss.
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["missing"] = session.config.stash[_missing]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[_missing].update(getattr(node, "workeroutput", {}).get("missing", {}))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for reason in config.stash[_missing].values():
        terminalreporter.write_line(reason)


@pytest.fixture(scope="session")
def leave_out(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """Skips a group of tests that cannot run here; its name and the reason go to the summary."""

    def leave(ring: str, reason: str) -> None:
        pytestconfig.stash[_missing][ring] = reason
        if REQUIRE_ALL:
            pytest.fail(reason)
        pytest.skip(reason)

    return leave


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium()
    assert path is not None, "no Chromium"
    return path


@pytest.fixture(scope="session")
def test_media() -> Path:
    path = _media()
    assert path is not None, "no test media: set LIPSYNC_TEST_MEDIA"
    return path


@pytest.fixture(autouse=True)
def _errors_in_the_log_fail(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("expects_error_log"):
        return
    errors = [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors, [r.getMessage() for r in errors]


@pytest.fixture(autouse=True)
def _no_running_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright's event loop stands still outside of browser tests, but counts as running."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)
