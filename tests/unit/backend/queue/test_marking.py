"""What a worker does to an output before anybody gets it: sign it, unless nobody signs."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from lipsync_demo.backend.jobs.live import LiveFolder
from lipsync_demo.backend.queue import rendering
from lipsync_demo.backend.queue.rendering import Refused, Rendered, RenderRequest
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.provenance.errors import SigningFailed
from lipsync_demo.provenance.marking import UNMARKED, Marking, marking
from lipsync_demo.provenance.models import Standing
from lipsync_demo.provenance.reading import read
from lipsync_demo.provenance.signatory import FOLDER, Signatory, make_pair
from lipsync_demo.settings import Settings
from lipsync_demo.storage import StoragePlace
from tests.boxes import without_credentials
from tests.media_factory import make_video

DEMANDED = "bottom-right,large,en"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("marking") / "clip.mp4", 1, index_first=True)


@pytest.fixture
def asked() -> list[str]:
    """The labels the engine was asked for."""
    return []


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, clip: Path, asked: list[str]) -> SimpleNamespace:
    """An engine that copies a clip; `flagged` is what the NSFW check says."""
    chosen = SimpleNamespace(flagged=False)

    def lip_sync(_v: Path, _a: Path, _m: SyncMode, output: Path, **given: Any) -> Any:
        asked.append(given["ai_label"])
        shutil.copyfile(clip, output)
        return SimpleNamespace(timings={}, found=dict)

    monkeypatch.setattr(rendering, "load", lambda: None)
    monkeypatch.setattr("lipsync_demo.engine.lip_sync", lip_sync, raising=False)
    monkeypatch.setattr("lipsync_demo.moderation.nsfw.nsfw_flags", lambda _: chosen.flagged)
    return chosen


def rendered(clip: Path, folder: Path, how: Marking) -> Rendered | Refused:
    return rendering.render(
        RenderRequest(
            video=clip,
            audio=clip,
            sync_mode=SyncMode.LOOP,
            output=folder / "output.mp4",
            analyses=folder / "analyses",
            shared=StoragePlace(folder=folder),
            face="speaking",
            live=LiveFolder(folder),
            task="1",
            marking=how,
        ),
        lambda _: None,
    )


def test_an_output_is_signed_after_its_check(
    engine: SimpleNamespace, clip: Path, tmp_path: Path, asked: list[str]
) -> None:
    how = marking(Settings(), tmp_path)
    assert isinstance(rendered(clip, tmp_path, how.of("top-left,small,en")), Rendered)
    assert isinstance(rendered(clip, tmp_path, how.of(None)), Rendered)
    found = read(tmp_path / "output.mp4", Signatory(tmp_path / FOLDER).anchors())
    assert (found.standing, found.known, found.sync_mode) == (Standing.INTACT, True, "loop")
    assert asked == ["top-left,small,en", "off"]


def test_what_is_flagged_is_signed_like_any_other(
    engine: SimpleNamespace, clip: Path, tmp_path: Path
) -> None:
    engine.flagged = True
    by = Signatory(tmp_path / FOLDER)
    said = rendered(clip, tmp_path, Marking(by))
    assert isinstance(said, Rendered)
    assert said.nsfw
    output = tmp_path / "output.mp4"
    assert read(output, by.anchors()).known
    assert without_credentials(output) == clip.read_bytes()


def test_without_a_signer_it_stays_as_it_was(
    engine: SimpleNamespace, clip: Path, tmp_path: Path
) -> None:
    assert isinstance(rendered(clip, tmp_path, UNMARKED), Rendered)
    assert (tmp_path / "output.mp4").read_bytes() == clip.read_bytes()
    assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize(
    ("chosen", "burnt"), [(None, DEMANDED), ("off", DEMANDED), ("top-left,small,de",) * 2]
)
def test_no_job_switches_off_a_label_that_is_demanded(chosen: str | None, burnt: str) -> None:
    assert Marking(None, DEMANDED).of(chosen).ai_label == burnt


def test_an_output_that_cannot_be_signed_is_not_handed_out(
    engine: SimpleNamespace, clip: Path, tmp_path: Path
) -> None:
    how = Marking(Signatory(tmp_path, "-----BEGIN nothing", SecretStr("-----BEGIN nothing")))
    answer = rendered(clip, tmp_path, how)
    assert isinstance(answer, Refused)
    assert answer.code == rendering.UNAVAILABLE
    assert "LIPSYNC_C2PA" in answer.error


def test_the_settings_say_who_signs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (chain, key), (_, other) = make_pair(), make_pair()
    monkeypatch.setenv("LIPSYNC_C2PA_CERT", f" {chain} ")
    monkeypatch.setenv("LIPSYNC_C2PA_KEY", key)
    settings = Settings()
    by = marking(settings, tmp_path).signatory
    assert by is not None
    assert by.pair() == (chain.strip(), key.strip())
    assert key.strip() in settings.secrets
    assert key[40:60] not in repr(settings)
    monkeypatch.setenv("LIPSYNC_C2PA_KEY", other)
    with pytest.raises(SigningFailed, match="is not the key"):
        marking(Settings(), tmp_path)
    monkeypatch.setenv("LIPSYNC_C2PA", "off")
    assert marking(Settings(), tmp_path).signatory is None
    assert not [*tmp_path.iterdir()]
