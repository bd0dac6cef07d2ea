"""`python -m tests.image ROOT`."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.unit.deploy.test_files import ROOT as CHECKOUT
from tests.unit.deploy.test_files import instructions

INSIDE = """set -e
mount --bind {root} {root}
mount -t proc proc {root}/proc
mount --rbind /dev {root}/dev
{more}
exec {as_user} chroot {chroot} {root} /usr/bin/env -i -C {folder} {environment} {command}
"""
READ_ONLY = """mount -t tmpfs -o mode=1777 tmpfs {root}/tmp
mount --bind {root}/data {root}/data
mount -o remount,ro,bind {root}"""
READY_SECONDS = 180


def inside(
    root: Path, folder: str, environment: dict[str, str], command: str, user: str = ""
) -> list[str]:
    """The command that runs another in the root; for a `user` read-only, without privileges."""
    given = " ".join(shlex.quote(f"{name}={value}") for name, value in environment.items())
    script = INSIDE.format(
        root=root,
        folder=folder,
        environment=given,
        command=command,
        more=READ_ONLY.format(root=root) if user else "",
        as_user="setpriv --no-new-privs --bounding-set -all,+sys_chroot,+setuid,+setgid"
        if user
        else "",
        chroot=f"--userspec={user}" if user else "",
    )
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script]


def main(root: Path) -> None:
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    # What the base image brings: `python`, and this network's authorities.
    (root / "usr/bin/python").unlink(missing_ok=True)
    (root / "usr/bin/python").symlink_to("python3")
    authorities = Path("/etc/ssl/certs/ca-certificates.crt")
    shutil.copy(authorities, root / str(authorities).lstrip("/"))
    # What a container engine brings.
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n", encoding="utf-8")
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    folder, user, check, command = "/", "", [], []
    for word, value in instructions():
        print(f"{word} {value}"[:110], flush=True)
        if word == "RUN":
            built = environment | {"PIP_CERT": str(authorities), "HOME": "/root"}
            subprocess.run(inside(root, folder, built, f"sh -c {shlex.quote(value)}"), check=True)
        elif word == "COPY" and not value.startswith("--from"):
            *sources, target = shlex.split(value)
            place = root / (target if target.startswith("/") else f"{folder}/{target}").lstrip("/")
            for source in sources:
                listed = subprocess.run(
                    ["git", "ls-files", source],
                    cwd=CHECKOUT,
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout.splitlines()
                for one in listed:
                    inner = Path(one).relative_to(source) if one != source else None
                    to = place / inner if inner else (place / one if target == "./" else place)
                    to.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(CHECKOUT / one, to)
        elif word == "ENV":
            for part in shlex.split(value):
                name, _, given = part.partition("=")
                environment[name] = given.replace("$PATH", environment["PATH"])
        elif word == "WORKDIR":
            folder = value
            (root / folder.lstrip("/")).mkdir(exist_ok=True)
        elif word == "USER":
            user = value
        elif word == "HEALTHCHECK":
            check = json.loads(re.sub(r"^.*?CMD ", "", value))
        elif word == "CMD":
            command = json.loads(value)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        environment["PORT"] = str(free.getsockname()[1])
    size = subprocess.run(["du", "-sm", root], capture_output=True, text=True, check=True).stdout
    print("MiB of the root:", size.split()[0])
    began = time.monotonic()
    page = subprocess.Popen(inside(root, folder, environment, shlex.join(command), user))
    try:
        url = f"http://127.0.0.1:{environment['PORT']}"
        while True:
            assert page.poll() is None, "the page ended"
            assert time.monotonic() - began < READY_SECONDS, "the page is not ready"
            try:
                with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
                    print("readyz:", answer.read().decode())
                    break
            except OSError:
                time.sleep(0.5)
        print(f"ready after {time.monotonic() - began:.0f} s")
        subprocess.run(inside(root, folder, environment, shlex.join(check), user), check=True)
        print("the health check passes")
        program = "import pathlib; pathlib.Path('/app/x').write_text('')"
        wrote = subprocess.run(
            inside(root, folder, environment, shlex.join(["python", "-c", program]), user),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert "Read-only file system" in wrote.stderr, wrote.stderr
        print("the root is read-only")
        program = "from lipsync_demo.backend.queue.rendering import load; assert load() is None"
        loads = shlex.join(["python", "-c", program])
        subprocess.run(inside(root, folder, environment, loads, user), check=True)
        print("the engine and its libraries load")
        with urllib.request.urlopen(url, timeout=60) as answer:
            assert b"gradio" in answer.read()
        assert page.poll() is None
        print("the page is there")
    finally:
        page.kill()
        page.wait()


if __name__ == "__main__":
    assert os.geteuid() == 0, "only root may change its root"
    main(Path(sys.argv[1]).resolve())
