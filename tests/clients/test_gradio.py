"""npm's `@gradio/client`, unchanged, at the door for Gradio's clients."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lipsync_demo.runs.record.run import RunState
from tests.clients.conftest import called
from tests.unit.ui.programs.conftest import site
from tests.unit.ui.programs.site import CI, Site

__all__ = ["site"]

pytestmark = pytest.mark.node


def test_the_code_that_is_documented_runs(site: Site, node_packages: Path, tmp_path: Path) -> None:
    site.place(tmp_path)
    (tmp_path / "node_modules").symlink_to(node_packages / "node_modules")
    script = tmp_path / "documented.mjs"
    further = f"""
const told = await app.predict("/status", [card.run_id]);
console.log(JSON.stringify([card, told.data[1], (await (await fetch(video.url)).blob()).size]));
const bears = {{ headers: {{ Authorization: "Bearer {CI}" }} }};
const other = await Client.connect("{site.url}", bears);
const error = await other.predict("/status", [card.run_id]).catch((error) => error);
console.log(error.message);
process.exit(0);
"""
    script.write_text(site.documented("js") + further, encoding="utf-8")
    first, second, third = called("node", script, cwd=tmp_path).strip().splitlines()[-3:]
    assert first.startswith(f"{site.url}/media/")
    run_id = re.findall(r'"run_id":"([0-9a-f]{32})"', second)
    assert len(run_id) == 2
    assert second.endswith(f",{site.video.stat().st_size}]")
    assert f"There is no run and no comparison '{run_id[0]}' of yours" in third
    run = site.workspace.runs.get(run_id[0])
    assert (run.state, run.sync_mode) == (RunState.DONE, "bounce")
    assert run.video is not None
    assert run.video.name == "talking.mp4"
