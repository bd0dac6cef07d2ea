"""Record the examples the page shows: a real run of the local engine on each sample in each mode.

    python assets/make_example.py [SAMPLE ...]

Starts the app's own local backend, sends the samples through the same run service as the
page does, and keeps the output and the run's record, true timings included.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

ASSETS = Path(__file__).resolve().parent
sys.path.insert(0, str(ASSETS.parent))

from lipsync_demo.backend.process import LocalBackend  # noqa: E402
from lipsync_demo.doctor.fixes import trim_audio, trim_video  # noqa: E402
from lipsync_demo.files import digest, write_json  # noqa: E402
from lipsync_demo.media.sync_modes import SyncMode  # noqa: E402
from lipsync_demo.qa.measure import measure  # noqa: E402
from lipsync_demo.qa.models import dump_measures  # noqa: E402
from lipsync_demo.runs.record.folder import RunFolder  # noqa: E402
from lipsync_demo.runs.record.run import Run, RunState, dump_run  # noqa: E402
from lipsync_demo.runs.service import RunService  # noqa: E402
from lipsync_demo.runs.workspace import Workspace  # noqa: E402
from lipsync_demo.settings import Settings  # noqa: E402
from lipsync_demo.ui.history.listing import thumbnail  # noqa: E402
from lipsync_demo.ui.inputs.samples import FIRST, SAMPLES, SHOWN, Sample, named  # noqa: E402


def main() -> None:
    wanted = [named(name) for name in sys.argv[1:]] or SAMPLES
    if not all(of.complete for of in wanted):
        sys.exit("A sample is missing; make_samples.py and make_voices.py make them.")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), backend="local")
        backend = LocalBackend(settings.data_dir, settings.workers)
        try:
            with Workspace(settings, local=backend.start()) as workspace:
                record = partial(finished, workspace.service)
                # The first run waits for the engine to load; a visitor's usually does not.
                record(*short_copies(Path(folder)), SyncMode.CUT_OFF)
                for of in wanted:
                    # Later modes reuse what the first has drawn, as in a comparison.
                    for mode in (SHOWN, *(m for m in SyncMode if m is not SHOWN)):
                        keep(record(of.video, of.speech, mode), of)
        finally:
            backend.stop()


def finished(service: RunService, video: Path, speech: Path, mode: SyncMode) -> Run:
    """The run of these inputs, once it is done."""
    run = service.wait(service.start(video, speech, mode).id)
    if run.state is not RunState.DONE or run.output is None:
        sys.exit(f"The run is {run.state}: {run.error}")
    return run


def short_copies(folder: Path) -> tuple[Path, Path]:
    """A second of the first sample, as files of which nothing can be reused."""
    video, speech = folder / "video.mp4", folder / "speech.wav"
    trim_video(FIRST.video, video, Fraction(0), Fraction(1))
    trim_audio(FIRST.speech, speech, Fraction(0), Fraction(1))
    return video, speech


def keep(run: Run, of: Sample) -> None:
    """Keep a finished run's output and record, which names its inputs by their bare names."""
    assert run.output is not None
    assert run.video is not None
    assert run.audio is not None
    folder = of.recordings / run.sync_mode.value
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / run.output.name
    output.unlink(missing_ok=True)  # running apps hold links to the file they published
    shutil.copyfile(run.output, output)
    named_run = replace(run, video_source=of.video.name, audio_source=of.speech.name)
    write_json(folder / "run.json", dump_run(named_run))
    found = measure(output, run.video.path, run.audio.path, run.sync_mode)
    write_json(RunFolder(folder).measures, dump_measures(found))
    RunFolder(folder).thumbnail.unlink(missing_ok=True)
    picture = thumbnail(replace(run, folder=folder, outputs=(output,)))
    assert picture is not None
    sys.stdout.write(f"{output}: {output.stat().st_size} bytes, {dict(run.timings)}\n")
    for made in (output, picture):
        sys.stdout.write(f"sha256 of {made.name} for NOTICE: {digest(made)}\n")


if __name__ == "__main__":
    main()
