"""Downloads of the hosted model are signed if the settings want it, and kept as they are if not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.provenance.models import Standing
from lipsync_demo.provenance.order import Made, Order
from lipsync_demo.provenance.reading import read
from lipsync_demo.provenance.signatory import FOLDER, Signatory
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.sign import sign_outputs
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.boxes import without_credentials
from tests.faults.scripted_api import ScriptedApi

pytestmark = pytest.mark.slow


@pytest.fixture
def everything(settings: Settings) -> Settings:
    return settings.model_copy(update={"credentials": "all"})


def fetched(work: Workspace, clip: Path, speech: Path) -> tuple[Run, Path]:
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.DONE
    assert run.output is not None
    return run, run.output


def test_a_download_says_who_made_it(
    service: Callable[..., Workspace],
    everything: Settings,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
) -> None:
    run, output = fetched(service(everything), clip, speech)
    signed = output.read_bytes()
    found = read(output, Signatory(everything.data_dir / FOLDER).anchors())
    assert (found.standing, found.known, found.model) == (Standing.INTACT, True, everything.model)
    assert run.video is not None
    assert run.audio is not None
    assert found.inputs == {"video": run.video.sha256, "speech": run.audio.sha256}
    assert api.url.encode() in signed
    sign_outputs(run, [output], everything)
    assert output.read_bytes() == signed
    output.write_bytes(clip.read_bytes())
    for left in (replace(run, has_nsfw_contents=(True,)), replace(run, backend="local")):
        sign_outputs(left, [output], everything)
        assert output.read_bytes() == clip.read_bytes()


def test_a_download_that_cannot_be_signed_is_kept(
    service: Callable[..., Workspace],
    everything: Settings,
    clip: Path,
    speech: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = {"c2pa_certificate": "-----BEGIN", "c2pa_key": SecretStr("-----BEGIN sesame")}
    _, output = fetched(service(everything.model_copy(update=broken)), clip, speech)
    assert output.read_bytes() == without_credentials(output) == clip.read_bytes()
    assert "has no Content Credentials" in caplog.text
    assert "sesame" not in caplog.text


def test_an_order_is_read_as_it_was_told() -> None:
    made = Made(inputs={"video": "0"}, sync_mode=None, model="m", maker="https://api.example")
    for by in (Signatory(Path("a")), Signatory(Path("a"), "c", SecretStr("k"))):
        assert Order.of(Order(made, by).text) == Order(made, by)
