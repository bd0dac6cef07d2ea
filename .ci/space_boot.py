"""Boot the app as a Hugging Face Space does and check what a Space would see.

User 1000, an empty environment plus the Space's variables (server-side rendering on), a
fresh virtual environment built from the README's front matter, `python app.py`.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import requests
import yaml

ROOT = Path(__file__).resolve().parent.parent
SPACE_UID = 1000
BOOT_SECONDS = 120
STOP_SECONDS = 10
# Gradio's own watcher thread says this on any Space that leaves out the `spaces` package.
HOT_RELOAD_NOISE = "RuntimeError: `spaces` package is required to run hot-reloading in Spaces"


def front_matter() -> dict[str, Any]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.startswith("---\n"), "README.md has no front matter"
    matter: dict[str, Any] = yaml.safe_load(text.split("---\n", 2)[1])
    assert matter["sdk"] == "gradio", matter
    return matter


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listeners(processes: list[psutil.Process]) -> list[tuple[str, int]]:
    found = []
    for process in processes:
        for connection in process.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN:
                found.append((connection.laddr.ip, connection.laddr.port))
    return found


def main() -> None:
    matter = front_matter()
    user: dict[str, Any] = {}
    if os.getuid() == 0:
        user = {"user": SPACE_UID, "group": SPACE_UID, "extra_groups": []}
    else:
        print(f"not root: booting as user {os.getuid()} instead of {SPACE_UID}")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        base.chmod(0o755)
        home = base / "home"
        tracked = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        ).stdout.decode()
        for name in filter(None, tracked.split("\0")):
            target = home / "app" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        if user:
            subprocess.run(["chown", "-R", f"{SPACE_UID}:{SPACE_UID}", str(home)], check=True)
        pip_env = {
            k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_", "REQUESTS_"))
        }
        path = "/usr/local/bin:/usr/bin:/bin"
        pip_env |= {"HOME": str(home), "PATH": path}
        python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
        subprocess.run([python, "-m", "venv", str(home / "venv")], env=pip_env, check=True, **user)
        bin_dir = home / "venv" / "bin"
        for wanted in (
            [f"gradio[oauth,mcp]=={matter['sdk_version']}", "uvicorn"],
            ["-r", str(home / "app" / "requirements.txt")],
        ):
            subprocess.run(
                [str(bin_dir / "pip"), "install", "-q", *wanted],
                env=pip_env,
                check=True,
                stderr=subprocess.DEVNULL,
                **user,
            )
        boot(home, bin_dir, matter, path, user)


def boot(
    home: Path, bin_dir: Path, matter: dict[str, Any], path: str, user: dict[str, Any]
) -> None:
    port = free_port()
    env = {
        "HOME": str(home),
        "PATH": f"{bin_dir}:{path}",
        "SYSTEM": "spaces",
        "SPACE_ID": "someone/lipsync-demo",
        "SPACE_HOST": "someone-lipsync-demo.hf.space",
        "SPACE_AUTHOR_NAME": "someone",
        "SPACE_REPO_NAME": "lipsync-demo",
        "CPU_CORES": "2",
        "MEMORY": "16Gi",
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_SSR_MODE": "True",
    }
    if node := shutil.which("node"):
        env["GRADIO_NODE_PATH"] = node
    command = [str(bin_dir / "python"), matter["app_file"]]
    refuses(command, home, env | {"WAVESPEED_API_KEY": "a key among the Space's secrets"}, user)
    log = home / "app.log"
    with log.open("wb") as out:
        started = time.monotonic()
        app = subprocess.Popen(
            command,
            cwd=home / "app",
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
            **user,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            assert app.poll() is None, f"the app ended with {app.returncode}"
            try:
                page = requests.get(url, timeout=5)
                break
            except requests.ConnectionError:
                assert time.monotonic() - started < BOOT_SECONDS, "no answer in time"
                time.sleep(0.2)
        print(f"page after {time.monotonic() - started:.1f} s")
        assert page.status_code == 200, page.status_code
        assert page.text.lower().lstrip().startswith("<!doctype html"), page.text[:80]
        health = requests.get(f"{url}/healthz", timeout=5)
        assert health.headers["content-type"].startswith("application/json"), health.headers
        print("healthz", health.json())
        upload = requests.post(
            f"{url}/gradio_api/upload", files={"files": ("a.wav", b"RIFF" + bytes(64))}, timeout=10
        )
        assert upload.status_code == 200, upload.text
        family = [psutil.Process(app.pid), *psutil.Process(app.pid).children(recursive=True)]
        found = listeners(family)
        assert [p for ip, p in found if not ip.startswith("127.")] == [port], found
        assert [p for _, p in found].count(port) == 1, found
        print(f"{len(family)} processes, listeners {found}")
        assert not any("node" in process.name() for process in family), family
        stopping = time.monotonic()
        app.send_signal(signal.SIGTERM)
        code = app.wait(STOP_SECONDS)
        assert code == 0, f"exit code {code} after SIGTERM"
        _, alive = psutil.wait_procs(family[1:], timeout=STOP_SECONDS)
        assert not alive, f"orphans: {alive}"
        print(f"clean exit {time.monotonic() - stopping:.1f} s after SIGTERM, no orphan")
        tracebacks = log.read_text(errors="replace").count("Traceback (most recent call last)")
        known = log.read_text(errors="replace").count(HOT_RELOAD_NOISE)
        assert tracebacks == known, "a traceback in the app's log"
    except BaseException:
        print(log.read_text(errors="replace"))
        raise
    finally:
        if app.poll() is None:
            for process in psutil.Process(app.pid).children(recursive=True):
                process.kill()
            app.kill()


def refuses(command: list[str], home: Path, env: dict[str, str], user: dict[str, Any]) -> None:
    """A Space with a key does not open to everybody by itself."""
    ended = subprocess.run(
        command,
        cwd=home / "app",
        env=env,
        capture_output=True,
        text=True,
        timeout=BOOT_SECONDS,
        check=False,
        **user,
    )
    assert ended.returncode == 1, ended.returncode
    assert "The page was not opened: others can reach it" in ended.stderr, ended.stderr
    print("a Space with a key and without codes refuses to open")


if __name__ == "__main__":
    main()
