"""Measures what the label and the signature of an output cost."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from lab.speed.worker import run_json
from lipsync_demo.engine import lip_sync
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.provenance.marking import Marking
from lipsync_demo.provenance.signatory import Signatory
from lipsync_demo.provenance.signing import sign_made
from lipsync_demo.visible_label import OFF

LABEL = "bottom-right,large,en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """CPU seconds of an output without marks, of one with a label, and of a signature; medians."""

    plain: float
    labelled: float
    signature: float
    megabytes: float

    def table(self) -> str:
        """Return the figures as text."""
        return "\n".join(
            (
                f"{'processor seconds':24}{'':>9}{'of a run':>10}",
                f"{'without marks':24}{self.plain:9.3f}{1:10.4f}",
                f"{'with a label':24}{self.labelled:9.3f}{self.labelled / self.plain:10.4f}",
                f"{f'signing {self.megabytes:.1f} MB':24}{self.signature:9.3f}"
                f"{self.signature / self.plain:10.4f}",
            )
        )


def cost_of_marks(video: Path, speech: Path, rounds: int) -> Marks:
    """Measure in a subprocess, by turns.

    Raises:
        subprocess.CalledProcessError: the video or the speech cannot be used.
    """
    return Marks(**run_json("lab.speed.marks", video, speech, str(rounds)))


def _measured(video: Path, speech: Path, rounds: int) -> Marks:
    mode = SyncMode.CUT_OFF
    plain, labelled, signature = list[float](), list[float](), list[float]()
    with tempfile.TemporaryDirectory(prefix="lipsync-marks-") as folder:
        output, how = Path(folder) / "out.mp4", Marking(Signatory(Path(folder) / "credentials"))

        def made(label: str) -> None:
            lip_sync(video, speech, mode, output, ai_label=label)

        def signed() -> None:
            sign_made(output, how, video, speech, mode)

        # Weights, the library and the certificate are there afterwards.
        made(LABEL)
        signed()
        for _ in range(rounds):
            plain.append(_seconds(lambda: made(OFF)))
            labelled.append(_seconds(lambda: made(LABEL)))
            signature.append(_seconds(signed))
        size = output.stat().st_size / 1e6
    return Marks(
        plain=median(plain),
        labelled=median(labelled),
        signature=median(signature),
        megabytes=size,
    )


def _seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    clip, sound = (Path(name) for name in sys.argv[1:3])
    print(json.dumps(asdict(_measured(clip, sound, int(sys.argv[3])))))  # noqa: T201
