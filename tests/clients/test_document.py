"""The table of clients in the documents names the versions that are tested."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.clients.conftest import HERE, PYPI_PACKAGE

DOCUMENT = Path(__file__).parents[2] / "docs" / "backend.md"
GRADIO = DOCUMENT.with_name("gradio-client.md")


def test_the_document_names_the_versions_that_run() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").partition("## Public clients")[2]
    told = set(re.findall(r"^\| (?:PyPI|npm) `(\S+)` \| (\S+) \|", text, re.MULTILINE))
    pinned = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    gradio = pinned.pop("@gradio/client")
    assert f"`@gradio/client` {gradio}" in GRADIO.read_text(encoding="utf-8")
    run = {(name, version) for name, version in pinned.items() if name.startswith("@")}
    run |= {("wavespeed", v.rpartition("@")[2]) for n, v in pinned.items() if n[0] != "@"}
    run.add((PYPI_PACKAGE.partition("==")[0], PYPI_PACKAGE.partition("==")[2]))
    assert told == run
