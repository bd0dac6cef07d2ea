"""`lip_sync`: a result, its progress, and errors that leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from lipsync_demo import ExplainedError, LipSynced, SyncMode, lip_sync
from lipsync_demo.engine.errors import NoFace
from lipsync_demo.face_choice import FaceUnknown
from lipsync_demo.files import digest
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.probe import probe
from lipsync_demo.provenance.errors import SigningFailed
from lipsync_demo.provenance.models import Standing
from lipsync_demo.provenance.reading import read
from lipsync_demo.provenance.signatory import FOLDER, Signatory
from lipsync_demo.visible_label import LabelDemanded
from tests.media_factory import make_speechlike, make_video
from tests.unit.engine.conftest import face_clip

__all__ = ["face_clip"]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder, which gets a certificate at the first signature."""
    monkeypatch.setenv("LIPSYNC_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    return make_speechlike(tmp_path / "speech.wav", 1.6)


@pytest.mark.slow
def test_a_file_is_written_signed_and_told_with_rising_progress(
    face_clip: Path, speech: Path, tmp_path: Path, data: Path
) -> None:
    told: list[tuple[str, float]] = []
    output = tmp_path / "new" / "synced.mp4"
    made = lip_sync(
        str(face_clip), speech, "bounce", output, on_progress=lambda *now: told.append(now)
    )
    assert made == LipSynced(
        output=output, seconds=1.6, frames=40, synced=40, width=256, height=256
    )
    video = probe(output).video
    assert video is not None
    assert video.frames == 40
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert (told[0], told[-1]) == (("listen", 0.0), ("render", pytest.approx(1.0)))
    assert {stage for stage, _ in told} == {"listen", "analyse", "choose", "render"}
    assert {path.name for path in output.parent.iterdir()} == {"synced.mp4"}
    signed = read(output, Signatory(data / FOLDER).anchors())
    assert (signed.standing, signed.known, signed.sync_mode) == (Standing.INTACT, True, "bounce")
    assert signed.inputs == {"video": digest(face_clip), "speech": digest(speech)}
    assert [path.name for path in data.iterdir()] == [FOLDER]


@pytest.mark.slow
def test_an_error_of_the_progress_ends_it_and_leaves_nothing(
    face_clip: Path, speech: Path, tmp_path: Path
) -> None:
    def stop(stage: str, share: float) -> None:
        if stage == "render":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        lip_sync(face_clip, speech, SyncMode.LOOP, tmp_path / "out" / "x.mp4", on_progress=stop)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.slow
def test_what_cannot_be_signed_leaves_the_place_as_it_was(
    face_clip: Path, speech: Path, tmp_path: Path, data: Path
) -> None:
    output = tmp_path / "out" / "x.mp4"
    output.parent.mkdir()
    output.write_bytes(b"before")
    (data / FOLDER).mkdir(parents=True)
    for name in ("certificate.pem", "key.pem"):
        (data / FOLDER / name).write_text("none")
    with pytest.raises(SigningFailed):
        lip_sync(face_clip, speech, SyncMode.LOOP, output)
    assert [path.read_bytes() for path in output.parent.iterdir()] == [b"before"]


@pytest.mark.slow
def test_what_cannot_be_synced_is_a_sentence(speech: Path, tmp_path: Path) -> None:
    nobody = make_video(tmp_path / "nobody.mp4", 1)
    with pytest.raises(NoFace) as no_face:
        lip_sync(nobody, speech, "loop", tmp_path / "out.mp4")
    assert isinstance(no_face.value, ExplainedError)
    assert no_face.value.hint
    with pytest.raises(MediaError, match="gone"):
        lip_sync(tmp_path / "gone.mp4", speech, "loop", tmp_path / "out.mp4")
    with pytest.raises(FaceUnknown):
        lip_sync(nobody, speech, "loop", tmp_path / "out.mp4", face="somebody")
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.parametrize(
    ("mode", "output", "said"),
    [
        ("sideways", "out.mp4", "no sync_mode 'sideways'; choose one of cut_off, bounce"),
        ("loop", "out.mov", "ends in .mp4"),
        ("loop", "in.mp4", "is an input"),
    ],
)
def test_what_cannot_be_asked_for_touches_nothing(
    mode: str, output: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "in.mp4").write_bytes(b"kept")
    with pytest.raises(ValueError, match=said):
        lip_sync(tmp_path / "in.mp4", "speech.wav", mode, tmp_path / output)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"kept"]


def test_a_place_that_takes_no_file_is_told_before_the_work(speech: Path, tmp_path: Path) -> None:
    told: list[float] = []
    output = tmp_path / "new" / f"{'x' * 300}.mp4"
    with pytest.raises(OSError, match="too long"):
        lip_sync(speech, speech, "loop", output, on_progress=lambda _, share: told.append(share))
    assert (told, list(output.parent.iterdir())) == ([], [])


def test_where_no_certificate_can_be_made_nothing_is_rendered(tmp_path: Path, data: Path) -> None:
    data.write_text("a file")
    with pytest.raises(SigningFailed, match="cannot be made") as refused:
        lip_sync("in.mp4", "speech.wav", "loop", tmp_path / "out.mp4")
    assert "LIPSYNC_DATA_DIR" in refused.value.hint


def test_a_label_that_the_settings_demand_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIPSYNC_AI_LABEL", "top-left")
    with pytest.raises(LabelDemanded):
        lip_sync("in.mp4", "speech.wav", "loop", tmp_path / "out.mp4", ai_label="off")
    assert list(tmp_path.iterdir()) == []
