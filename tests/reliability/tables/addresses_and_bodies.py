"""Addresses that no link may lead to, and odd answers, through the fetcher of links."""

from __future__ import annotations

import random
import re
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from lipsync_demo.wavespeed.errors import DownloadFailed
from lipsync_demo.wavespeed.untrusted.download import download
from tests.reliability.table import Result, Table
from tests.unit.wavespeed.raw_server import answering
from tests.unit.wavespeed.untrusted.address_table import NOT_PLAIN, SPELLINGS, private
from tests.unit.wavespeed.untrusted.test_bodies import FILE, LIMIT, REFUSED, WHOLE, fetch

_COLUMNS = ("what", "cases", "refused in words", "taken whole", "connections", "foreign", "left")


def run(seed: int) -> Result:
    shuffled = random.Random(seed)
    rows, missed = [], []
    kinds = {
        "special addresses of IANA": [_link(one) for one in private()],
        "spellings of this machine and its network": [_link(one) for one in SPELLINGS],
        "texts that are no address": list(NOT_PLAIN),
    }
    for what, links in kinds.items():
        shuffled.shuffle(links)
        refused, connections, foreign, left = _addresses(links)
        rows.append((what, len(links), refused, 0, connections, foreign, left))
        if (refused, connections, foreign, left) != (len(links), 0, 0, 0):
            missed.append(what)
    for what, names in (("odd answers with a file", WHOLE), ("answers without one", REFUSED)):
        chosen = list(names)
        shuffled.shuffle(chosen)
        refused, taken, foreign, left = _bodies(chosen)
        rows.append((what, len(chosen), refused, taken, len(chosen), foreign, left))
        good = taken if names is WHOLE else refused
        if (good, foreign, left) != (len(chosen), 0, 0):
            missed.append(what)
    return Result(_COLUMNS, rows, missed)


def _link(host: str) -> str:
    bare = ":" in host and not host.startswith("[")
    return f"https://[{host}]:8443/a.mp4" if bare else f"https://{host}:8443/a.mp4"


def _addresses(links: Iterable[str]) -> tuple[int, int, int, int]:
    """How many are refused, connected to, end in a foreign exception, and leave a file."""
    asked: list[Any] = []

    class Refusing(socket.socket):
        def connect(self, place: Any) -> None:
            asked.append(place)
            raise ConnectionRefusedError

    refused = foreign = 0
    with tempfile.TemporaryDirectory() as made, patch.object(socket, "socket", Refusing):
        for link in links:
            try:
                download(link, Path(made) / "a.mp4", limit_bytes=LIMIT)
            except DownloadFailed:
                refused += 1
            except Exception:
                foreign += 1
        left = len(list(Path(made).iterdir()))
    return refused, len(asked), foreign, left


def _bodies(names: Iterable[str]) -> tuple[int, int, int, int]:
    """How many are refused with their sentence, taken whole, foreign, and leave a file else."""
    refused = taken = foreign = left = 0
    for name in names:
        act, words = (WHOLE[name], "") if name in WHOLE else REFUSED[name]
        with tempfile.TemporaryDirectory() as made, answering(act) as url:
            path = Path(made) / "a.mp4"
            try:
                taken += fetch(url, path).read_bytes() == FILE
                path.unlink()
            except DownloadFailed as error:
                refused += bool(re.search(words, str(error)))
            except Exception:
                foreign += 1
            left += len(list(Path(made).iterdir()))
    return refused, taken, foreign, left


TABLE = Table(
    "Addresses and answers for the fetcher of links",
    "No address that is not public gets so much as a handshake, and every odd answer is a whole "
    "file or a sentence.",
    run,
)
