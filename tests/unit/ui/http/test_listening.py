"""A port that cannot be listened on is told in a sentence, before the page is made."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lipsync_demo.settings import SettingUnusable
from lipsync_demo.ui.http.listening import check_port

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_port_that_somebody_has(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingUnusable) as error:
            check_port(host, port)
    assert str(port) in error.value.what
    assert "GRADIO_SERVER_PORT" in error.value.hint
    check_port(host, port)


def test_a_name_that_is_not_this_machines() -> None:
    with pytest.raises(SettingUnusable, match=r"192\.0\.2\.1"):
        check_port("192.0.2.1", 0)


def test_any_free_port() -> None:
    check_port("127.0.0.1", 0)


def test_the_app_says_so_and_ends(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        data = {"GRADIO_SERVER_PORT": port, "LIPSYNC_DATA_DIR": str(tmp_path / "data")}
        kept = {name: value for name, value in os.environ.items() if name != "PORT"}
        ended = subprocess.run(
            [sys.executable, str(ROOT / "app.py")],
            env=kept | data,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert ended.returncode == 1
    assert f"127.0.0.1:{port}" in ended.stderr
    assert "Traceback" not in ended.stderr
