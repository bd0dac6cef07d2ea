"""Child processes get what they need from the environment, and no secrets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.child_environment import child_environment
from lipsync_demo.runs.steps import processes
from lipsync_demo.settings import Settings

SECRETS = {
    "WAVESPEED_API_KEY": "secret",
    "LIPSYNC_SIGNING_SECRET": "secret",
    "LIPSYNC_DATABASE_URL": "postgresql+psycopg://me:secret@host/db",
    "LIPSYNC_ACCESS_CODES": "secret",
    "HF_TOKEN": "secret",
    "OAUTH_CLIENT_SECRET": "secret",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "DATABASE_URL": "secret",
    "HTTPS_PROXY": "http://me:secret@proxy",
}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def test_what_python_needs_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMPDIR", "LC_ALL", "LD_LIBRARY_PATH", "OPENBLAS_NUM_THREADS", "PYTHONPATH"):
        monkeypatch.setenv(name, "mine")
        assert child_environment()[name] == "mine"
    assert child_environment()["PATH"] == os.environ["PATH"]


def test_a_measuring_process_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}

    def note(command: object, *, env: dict[str, str], **_: object) -> None:
        seen.update(env)

    monkeypatch.setattr(processes.subprocess, "Popen", note)
    processes.start_process("lipsync_demo.qa", [])
    assert "secret" not in " ".join(seen.values())
    assert not [name for name in seen if name.startswith(("LIPSYNC_", "WAVESPEED_"))]


def test_the_local_backend_gets_its_settings_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIPSYNC_FACE", "left")
    monkeypatch.setenv("LIPSYNC_MAX_UPLOAD_MB", "7")
    given = LocalBackend(tmp_path, 3)._environment()
    secret = {name for name, value in given.items() if "secret" in value}
    # It fetches media through the one, and keeps its tasks in the other.
    assert secret == {"HTTPS_PROXY", "LIPSYNC_DATABASE_URL"}
    code = "from lipsync_demo.settings import Settings; print(Settings().model_dump_json())"
    said = subprocess.run(
        [sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True
    ).stdout
    read = Settings.model_validate_json(said)
    assert (read.face, read.max_upload_mb, read.workers) == ("left", 7, 3)
    assert read.api_key is None
    assert read.signing_secret is None


def test_the_local_backend_gets_the_key_of_an_object_store_it_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert "AWS_SECRET_ACCESS_KEY" not in LocalBackend(tmp_path, 1)._environment()
    monkeypatch.setenv("LIPSYNC_STORAGE_URL", "s3://media/x")
    given = LocalBackend(tmp_path, 1)._environment()
    assert given["AWS_SECRET_ACCESS_KEY"] == "secret"
    assert given["LIPSYNC_STORAGE_URL"] == "s3://media/x"
