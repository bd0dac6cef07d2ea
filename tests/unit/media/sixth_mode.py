"""Asks every part of a package about the last mode of its table; prints JSON.

Run in a process of its own, with a package whose table has one mode more.
"""

import json
import sys
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from lipsync_demo.backend.http.bodies import SubmitBody
from lipsync_demo.backend.http.model_card import model_card
from lipsync_demo.cli import app
from lipsync_demo.doctor.fixes import trim_audio, trim_video
from lipsync_demo.engine.pipeline import lip_sync
from lipsync_demo.markup import alignment
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.frame_plan import plan
from lipsync_demo.media.sync_modes import SyncMode, equal_modes, timeline
from lipsync_demo.qa.measure import measure
from lipsync_demo.qa.picture.alignment import align
from lipsync_demo.ui.inputs.modes import choices
from lipsync_demo.wavespeed.model_catalogue import DEFAULT


def undocumented(root: Path, mode: SyncMode) -> list[str]:
    """Files that have every other mode and not this one."""
    pages = ["README.md", "docs/client.md", "docs/sync-modes.md"]
    lacking = [p for p in pages if str(mode) not in (root / p).read_text(encoding="utf-8")]
    recording = f"assets/examples/portrait/{mode}/run.json"
    return lacking + ([] if (root / recording).exists() else [recording])


def main(root: Path) -> dict[str, object]:
    """What each part says of the mode, by the part's name."""
    mode = list(SyncMode)[-1]
    half, second = Fraction(3, 5), Fraction(1)
    found: dict[str, object] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        video, speech = folder / "video.mp4", folder / "speech.wav"
        trim_video(root / "assets/sample_video.mp4", video, Fraction(0), second)
        trim_audio(root / "assets/sample_speech.wav", speech, Fraction(1), 1 + half)
        laid = timeline(mode, second, half)
        times = frame_times(video)
        found["equal"] = next(g for g in equal_modes(Fraction(2), Fraction(3)) if mode in g)
        found["radio"] = next(text for text, value in choices(None) if value == mode)
        found["drawing"] = [bar.kind for bar in alignment.bars(laid)[0]]
        found["plan"] = plan(laid, times).sources
        report = lip_sync(video, speech, mode, folder / "out.mp4")
        found["engine"] = {"seconds": float(report.output_seconds), "frames": report.frames}
        measures = measure(folder / "out.mp4", video, speech, mode)
        length = next(check for check in measures.checks if "length" in check.title.lower())
        aligned = align(folder / "out.mp4", video, half, mode)
        found["checks"] = {"length": length.outcome.value, "sources": aligned.sources.tolist()}
        asked = CliRunner().invoke(app, ["modes", str(video), str(speech), "--json"])
        record = next(r for r in json.loads(asked.stdout) if r["sync_mode"] == mode)
        helped = CliRunner().invoke(app, ["run", "--help"])
        found["command"] = {"listed": str(mode) in helped.stdout, "laid": record["output_seconds"]}
    found["undocumented"] = undocumented(root, mode)
    card = json.dumps(model_card("http://x"))
    body = SubmitBody(video="http://x/v.mp4", audio="http://x/a.wav", sync_mode=mode.value)
    found["servers"] = {
        "schema": str(mode) in card,
        "catalogue": mode in DEFAULT.choices[0].values,
        "body": body.sync_mode.value,
    }
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
