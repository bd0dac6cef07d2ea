"""Boot the app as a Hugging Face Space does and check what a Space would see.

User 1000, code that nobody may write, an empty environment plus the Space's variables
(server-side rendering on), a fresh virtual environment built from the README's front matter,
`python app.py`.

`--all` does so on each Python of `PYTHONS` that pyenv has, with what the lock pins, and restarts it
in the middle of runs, and signs in at a provider of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import requests
import yaml

ROOT = Path(__file__).resolve().parent.parent
SPACE_UID = 1000
BOOT_SECONDS = 300
STOP_SECONDS = 10
RUN_SECONDS = 300
PYTHONS = ("3.10", "3.12")
HOST = "someone-lipsync-demo.hf.space"
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
    if "--all" in sys.argv[1:]:
        versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        for wanted in PYTHONS:
            found = sorted(versions.glob(f"{wanted}.*"))
            if not found:
                print(f"Python {wanted} is not on this machine")
                continue
            print(f"Python {wanted}")
            space(found[-1])
        return
    space(None)


def space(python: Path | None) -> None:
    """Boot with this Python of pyenv, or with the system's."""
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
        made = media(home / "media") if python else None
        if user:
            subprocess.run(["chown", "-R", f"{SPACE_UID}:{SPACE_UID}", str(home)], check=True)
        if python is None:
            installed(home, matter, user)
        else:
            locked(home, python, matter)
        if user:
            for path in (home / "app", *(home / "app").rglob("*")):
                path.chmod(path.stat().st_mode & ~0o222)
            subprocess.run(["chown", "-R", "0:0", str(home / "app")], check=True)
        boot(home, matter, user, made)


def media(folder: Path) -> tuple[Path, Path]:
    """A talking face and a speech of a second each."""
    sys.path.insert(0, str(ROOT))
    from tests.reliability.tables.kills import media_in

    folder.mkdir()
    media_in(folder)
    return folder / "face.mp4", folder / "speech.wav"


PATH = "/usr/local/bin:/usr/bin:/bin"


def installed(home: Path, matter: dict[str, Any], user: dict[str, Any]) -> None:
    """A virtual environment as a Space makes it, from the front matter and the requirements."""
    pip_env = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    pip_env |= {"HOME": str(home), "PATH": PATH}
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    subprocess.run([python, "-m", "venv", str(home / "venv")], env=pip_env, check=True, **user)
    for wanted in (
        [f"gradio[oauth,mcp]=={matter['sdk_version']}", "uvicorn"],
        ["-r", str(home / "app" / "requirements.txt")],
    ):
        subprocess.run(
            [str(home / "venv" / "bin" / "pip"), "install", "-q", *wanted],
            env=pip_env,
            check=True,
            stderr=subprocess.DEVNULL,
            **user,
        )


def locked(home: Path, python: Path, matter: dict[str, Any]) -> None:
    """A virtual environment with what the lock pins, of a copy that user 1000 can read."""
    shutil.copytree(python, home / "python", symlinks=True)
    own = home / "venv" / "bin" / "python"
    version = ".".join(python.name.split(".")[:2])
    base = home / "python" / "bin" / f"python{version}"
    uv = ["uv", "pip", "install", "-q", "--python", str(own), "--only-binary", ":all:"]
    for command in (
        ["uv", "venv", "-q", "--python", str(base), str(home / "venv")],
        [*uv, "--require-hashes", "-r", str(ROOT / "requirements.lock")],
        [*uv, f"gradio[oauth,mcp]=={matter['sdk_version']}"],
    ):
        subprocess.run(command, check=True)


class Space:
    """The app of a Space, which may be started again."""

    def __init__(
        self, home: Path, matter: dict[str, Any], user: dict[str, Any], **more: str
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        bin_dir = home / "venv" / "bin"
        self.python = str(bin_dir / "python")
        self.home, self.user = home, user
        self.command = [self.python, matter["app_file"]]
        self.environment = {
            "HOME": str(home),
            "PATH": f"{bin_dir}:{PATH}",
            "SYSTEM": "spaces",
            "SPACE_ID": "someone/lipsync-demo",
            "SPACE_HOST": HOST,
            "SPACE_AUTHOR_NAME": "someone",
            "SPACE_REPO_NAME": "lipsync-demo",
            "CPU_CORES": "2",
            "MEMORY": "16Gi",
            "GRADIO_SERVER_NAME": "0.0.0.0",
            "GRADIO_SERVER_PORT": str(self.port),
            "GRADIO_SSR_MODE": "True",
            **more,
        }
        if (shared := home / "python" / "lib").is_dir():
            self.environment["LD_LIBRARY_PATH"] = str(shared)
        if node := shutil.which("node"):
            self.environment["GRADIO_NODE_PATH"] = node
        self.log = home / "app.log"

    @contextmanager
    def logged(self) -> Iterator[None]:
        """Show the log if anything fails, and end every process."""
        try:
            yield
        except BaseException:
            print(self.log.read_text(errors="replace"))
            raise
        finally:
            if self.app.poll() is None:
                for process in psutil.Process(self.app.pid).children(recursive=True):
                    process.kill()
                self.app.kill()

    def start(self) -> requests.Response:
        """Start it; return the page."""
        with self.log.open("ab") as out:
            started = time.monotonic()
            self.app = subprocess.Popen(
                self.command,
                cwd=self.home / "app",
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                **self.user,
            )
        while True:
            assert self.app.poll() is None, f"the app ended with {self.app.returncode}"
            try:
                page = requests.get(self.url, headers={"Accept": "text/html"}, timeout=30)
                print(f"page after {time.monotonic() - started:.1f} s")
                return page
            except requests.RequestException:
                assert time.monotonic() - started < BOOT_SECONDS, "no answer in time"
                time.sleep(0.2)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal; nothing of it stays."""
        family = psutil.Process(self.app.pid).children(recursive=True)
        stopping = time.monotonic()
        self.app.send_signal(number)
        code = self.app.wait(STOP_SECONDS * 3)
        assert code == (0 if number is signal.SIGTERM else -number), f"exit code {code}"
        _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
        assert not alive, f"orphans: {alive}"
        print(f"ended {time.monotonic() - stopping:.1f} s after {number.name}, no orphan")

    def lipsync(self, *arguments: str) -> str:
        """What a command prints, run beside the app by the same user."""
        return subprocess.run(
            [self.python, "-m", "lipsync_demo", *arguments],
            cwd=self.home / "app",
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            **self.user,
        ).stdout

    def check_log(self) -> None:
        text = self.log.read_text(errors="replace")
        tracebacks = text.count("Traceback (most recent call last)")
        assert tracebacks == text.count(HOT_RELOAD_NOISE), "a traceback in the app's log"


def boot(
    home: Path, matter: dict[str, Any], user: dict[str, Any], made: tuple[Path, Path] | None
) -> None:
    app = Space(home, matter, user)
    refuses(
        app.command,
        home,
        app.environment | {"WAVESPEED_API_KEY": "a key among the Space's secrets"},
        user,
    )
    page = app.start()
    with app.logged():
        looks_right(app, page)
        if made is not None:
            restarted(app, made)
        app.stop()
        app.check_log()
    if made is not None:
        signs_in(home, matter, user)


def looks_right(app: Space, page: requests.Response) -> None:
    assert page.status_code == 200, page.status_code
    assert page.text.lower().lstrip().startswith("<!doctype html"), page.text[:80]
    health = requests.get(f"{app.url}/healthz", timeout=5)
    assert health.headers["content-type"].startswith("application/json"), health.headers
    print("healthz", health.json())
    upload = requests.post(
        f"{app.url}/gradio_api/upload", files={"files": ("a.wav", b"RIFF" + bytes(64))}, timeout=10
    )
    assert upload.status_code == 200, upload.text
    family = [psutil.Process(app.app.pid), *psutil.Process(app.app.pid).children(recursive=True)]
    found = listeners(family)
    assert [p for ip, p in found if not ip.startswith("127.")] == [app.port], found
    assert [p for _, p in found].count(app.port) == 1, found
    print(f"{len(family)} processes, listeners {found}")
    assert not any("node" in process.name() for process in family), family


def restarted(app: Space, made: tuple[Path, Path]) -> None:
    """A run goes on after an orderly restart and after a crash, and ends once."""
    command = [app.python, "-m", "lipsync_demo", "run", *map(str, made), "--sync-mode", "loop"]
    for number in (signal.SIGTERM, signal.SIGKILL):
        waiting = subprocess.Popen(
            command,
            cwd=app.home / "app",
            env=app.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **app.user,
        )
        until = time.monotonic() + RUN_SECONDS
        while not any("spawn_main" in "".join(one.cmdline()) for one in children(app.app.pid)):
            assert time.monotonic() < until, "nobody renders"
            time.sleep(0.05)
        app.stop(number)
        app.start()
        said, _ = waiting.communicate(timeout=RUN_SECONDS)
        assert waiting.returncode == 0, said
        print(f"a run outlived {number.name}")
    runs = json.loads(app.lipsync("list", "--json"))
    assert [run["state"] for run in runs] == ["done", "done"], runs


def children(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


class Provider(BaseHTTPRequestHandler):
    """Hugging Face's part of a sign-in: every code is the name of the user it is for."""

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        own = f"http://{self.headers['Host']}"
        self.answer(
            {
                "issuer": own,
                "authorization_endpoint": f"{own}/authorize",
                "token_endpoint": f"{own}/token",
            }
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        (name,) = parse_qs(body)["code"]
        user = {"sub": name, "name": name, "preferred_username": name, "orgs": []}
        token = {"access_token": "a token", "token_type": "bearer", "expires_in": 3600}
        self.answer({**token, "userinfo": user})


def signs_in(home: Path, matter: dict[str, Any], user: dict[str, Any]) -> None:
    """A Space with a key opens to the users it names, and to nobody else."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Thread(target=server.serve_forever, daemon=True).start()
    app = Space(
        home,
        matter,
        user,
        WAVESPEED_API_KEY="a key among the Space's secrets",
        LIPSYNC_HF_USERS="anna",
        OAUTH_CLIENT_ID="a client",
        OAUTH_CLIENT_SECRET="a secret",
        OAUTH_SCOPES="profile",
        OPENID_PROVIDER_URL=f"http://127.0.0.1:{server.server_address[1]}",
    )
    page = app.start()
    with app.logged():
        assert "gradio_config" not in page.text, "a stranger gets the page"
        for name, enters in (("anna", True), ("bob", False)):
            seen = signed_in(app, name)
            assert ("gradio_config" in seen.text) is enters, (name, seen.text[:300])
            print(f"{name} {'enters' if enters else 'does not enter'} after signing in")
        app.stop()
        app.check_log()
    server.shutdown()
    server.server_close()


def signed_in(app: Space, name: str) -> requests.Response:
    """The page as a user gets it after signing in."""
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "Accept": "text/html"}

    def get(path: str, cookies: dict[str, str]) -> requests.Response:
        sent = headers | ({"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
        answer = requests.get(f"{app.url}{path}", headers=sent, allow_redirects=False, timeout=60)
        # They are for https only, so that a session here would not send them.
        cookies.update({one.name: one.value or "" for one in answer.cookies})
        return answer

    cookies: dict[str, str] = {}
    away = get("/login/huggingface", cookies)
    state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
    back = get(f"/login/callback?state={state}&code={name}", cookies)
    assert back.status_code in (302, 307), (back.status_code, back.text)
    return get("/", cookies)


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
