"""Record the example the page opens with: a real run of the local engine on the
sample in each mode.

    python assets/make_example.py

Starts the app's own local backend, sends the sample through the same run service as the
page does, and keeps the output and the run's record, true timings included.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

ASSETS = Path(__file__).resolve().parent
sys.path.insert(0, str(ASSETS.parent))

from lipsync_demo.backend.process import LocalBackend  # noqa: E402
from lipsync_demo.files import digest, write_json  # noqa: E402
from lipsync_demo.media.sync_modes import SyncMode  # noqa: E402
from lipsync_demo.qa.measure import measure  # noqa: E402
from lipsync_demo.qa.models import dump_measures  # noqa: E402
from lipsync_demo.runs.record.folder import RunFolder  # noqa: E402
from lipsync_demo.runs.record.run import Run, RunState, dump_run  # noqa: E402
from lipsync_demo.runs.workspace import Workspace  # noqa: E402
from lipsync_demo.settings import Settings  # noqa: E402
from lipsync_demo.ui.history.listing import thumbnail  # noqa: E402
from lipsync_demo.ui.inputs.samples import FIRST  # noqa: E402


def main() -> None:
    video, speech = FIRST.video, FIRST.speech
    if not FIRST.complete:
        sys.exit("There is no sample yet; python assets/make_samples.py makes it.")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), backend="local")
        backend = LocalBackend(settings.data_dir, settings.workers)
        try:
            with Workspace(settings, local=backend.start()) as workspace:
                # The first run waits for the engine to load; a visitor's usually does not.
                for mode in (SyncMode.BOUNCE, *SyncMode):
                    run = workspace.service.wait(workspace.service.start(video, speech, mode).id)
                    if run.state is not RunState.DONE or run.output is None:
                        sys.exit(f"The run is {run.state}: {run.error}")
                    keep(run, video.name, speech.name)
        finally:
            backend.stop()


def keep(run: Run, video: str, speech: str) -> None:
    """Keep a finished run's output and record, which names its inputs by their bare names."""
    assert run.output is not None
    assert run.video is not None
    assert run.audio is not None
    folder = FIRST.recordings / run.sync_mode.value
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / run.output.name
    output.unlink(missing_ok=True)  # running apps hold links to the file they published
    shutil.copyfile(run.output, output)
    write_json(folder / "run.json", dump_run(replace(run, video_source=video, audio_source=speech)))
    found = measure(output, run.video.path, run.audio.path, run.sync_mode)
    write_json(RunFolder(folder).measures, dump_measures(found))
    RunFolder(folder).thumbnail.unlink(missing_ok=True)
    picture = thumbnail(replace(run, folder=folder, output=output))
    assert picture is not None
    sys.stdout.write(f"{output}: {output.stat().st_size} bytes, {dict(run.timings)}\n")
    for made in (output, picture):
        sys.stdout.write(f"sha256 of {made.name} for NOTICE: {digest(made)}\n")


if __name__ == "__main__":
    main()
