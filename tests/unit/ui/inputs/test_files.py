"""Files that were dropped on the page, each put where it belongs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import gradio as gr
import pytest
from PIL import Image

from lipsync_demo.media.probe import probe_video
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame.context import Shared
from lipsync_demo.ui.inputs import widgets
from lipsync_demo.ui.inputs.files import Files, sort
from tests.media_factory import make_tone, make_video


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("given")
    (folder / "notes.pdf").write_bytes(b"%PDF-1.7\n% notes")
    Image.new("RGB", (301, 201), "teal").save(folder / "face.png")
    return {
        "talk": make_video(folder / "talk.mp4", 1, size=(64, 48), audio="tone"),
        "mute": make_video(folder / "mute.mp4", 1, size=(64, 48)),
        "sound": make_tone(folder / "sound.wav", 1),
        "still": folder / "face.png",
        "pdf": folder / "notes.pdf",
    }


@pytest.mark.parametrize(
    ("names", "slot", "video", "speech"),
    [
        (["talk"], "", "talk.mp4", None),
        (["sound"], "video", None, "sound.wav"),
        (["talk"], "speech", None, "talk.mp4"),
        (["still"], "speech", "face.png.mp4", None),
        (["sound", "mute"], "", "mute.mp4", "sound.wav"),
        (["mute", "talk"], "video", "mute.mp4", "talk.mp4"),
        (["talk", "sound"], "speech", None, "talk.mp4"),
    ],
)
def test_each_file_goes_where_it_belongs(
    given: dict[str, Path], names: list[str], slot: str, video: str | None, speech: str | None
) -> None:
    found, _ = sort([given[name] for name in names], slot)
    named = {track: file.path.name for track, file in found.items()}
    assert (named.get("video"), named.get("speech")) == (video, speech)


@pytest.mark.parametrize(
    ("name", "slot", "reason"),
    [("pdf", "", "notes.pdf"), ("pdf", "speech", "notes.pdf"), ("mute", "speech", "no sound")],
)
def test_what_belongs_nowhere_is_said_once(
    given: dict[str, Path], name: str, slot: str, reason: str
) -> None:
    found, [refused] = sort([given[name]], slot)
    assert found == {}
    assert reason in refused.what


def test_a_still_is_a_video_of_five_seconds(given: dict[str, Path]) -> None:
    found, _ = sort([given["still"]], "video")
    made = probe_video(found["video"].path).video
    assert made is not None
    assert (made.width, made.height, float(made.duration)) == (300, 200, 5)


def test_only_uploads_are_taken(given: dict[str, Path], tmp_path: Path) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    inside = make_tone(uploads / "mine.wav", 1)
    outside = given["sound"]
    (uploads / "link.wav").symlink_to(outside)
    with gr.Blocks():
        taker = Files(
            shared=cast("Shared", SimpleNamespace(uploads=uploads, views=gr.Tabs())),
            sources=widgets.build(Settings(), None, None),
            line=gr.HTML(),
        )
    for path, taken in ((inside, True), (outside, False), (uploads / "link.wav", False)):
        event = gr.EventData(None, {"paths": [str(path)], "slot": ""})
        assert (taker.sources.speech in taker.take(event)) is taken
