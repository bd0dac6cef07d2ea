"""nginx with the configuration that is deployed, on loopback."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.servers.program import program

CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy/nginx/nginx.conf"
STARTS_SECONDS = 30


@dataclass(frozen=True)
class Nginx:
    """Its two doors, and the folder of its temporary files and logs."""

    pages: str
    backends: str
    folder: Path

    def held(self) -> int:
        """Bytes of bodies that it has put into files."""
        folders = [path for path in self.folder.glob("nginx-*") if path.is_dir()]
        return sum(f.stat().st_size for one in folders for f in one.rglob("*") if f.is_file())


@contextlib.contextmanager
def nginx_server(folder: Path, places: Mapping[str, str]) -> Iterator[Nginx]:
    """A running server; `places` are the addresses for the names in the configuration."""
    pages, backends = _free_port(), _free_port()
    text = CONFIGURATION.read_text(encoding="utf-8")
    replaced = {
        "listen 8080;": f"listen 127.0.0.1:{pages};",
        "listen 8000;": f"listen 127.0.0.1:{backends};",
        "/dev/stdout": str(folder / "access.log"),
        **{f"server {name} ": f"server {address} " for name, address in places.items()},
    }
    for old, new in replaced.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    text = re.sub(r"/tmp/(?=nginx)", f"{folder}/", text)
    # As root it would give its files to another user, who may not enter the folders of tests.
    text = f"user root;\n{text}"
    written = folder / "nginx.conf"
    written.write_text(text, encoding="utf-8")
    command = [program("nginx"), "-c", str(written), "-p", str(folder), "-e", "stderr"]
    subprocess.run([*command, "-t", "-q"], check=True)
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        deadline = time.monotonic() + STARTS_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", backends)):
                break
            assert time.monotonic() < deadline, "nginx does not start"
            time.sleep(0.05)
        yield Nginx(f"http://127.0.0.1:{pages}", f"http://127.0.0.1:{backends}", folder)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
