"""Measures the speed of the local engine against a floor and a neural peer.

One talking clip is scaled to several sizes. CPU times are the minimum of several rounds; floor and
parts alternate, so that load on the machine slows both alike.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import thresholds
from lab.speed.material import repeated_sound, repeated_video, scaled
from lab.speed.stages import Part, costs
from lab.speed.wav2lip import frame_milliseconds
from lab.speed.whole_run import WholeRun, whole_run

SIZES = (360, 720, 1080)
"""Default short sides, pixels."""
ROUNDS = 3
"""Default number of rounds."""
DRIVING = (Part.LISTEN, Part.CHOOSE, Part.DRAW)
"""The parts that Wav2Lip's generator replaces: from sound and frame to a new mouth."""


@dataclass(frozen=True, slots=True)
class SizeSpeed:
    """Figures of one size: `side` is the short side in pixels, `frames` are the output's.

    `parts`, `floor` (one decode and one encode, same settings) and `plain_floor` (with x264's
    plain `veryfast`) are CPU milliseconds per output frame. `one_core` and `two_cores` are whole
    runs in subprocesses, None if the system cannot pin them.
    """

    side: int
    frames: int
    parts: dict[Part, float]
    floor: float
    plain_floor: float
    one_core: WholeRun | None
    two_cores: WholeRun | None

    @property
    def total(self) -> float:
        """All parts, milliseconds per frame."""
        return sum(self.parts.values())

    @property
    def over_floor(self) -> float:
        """Ratio of all parts to the floor."""
        return self.total / self.floor

    @property
    def driving(self) -> float:
        """Listening, selection and drawing, milliseconds per frame."""
        return sum(self.parts[part] for part in DRIVING)


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """All sizes, and the `peer`: Wav2Lip's generator, milliseconds per frame by batch size.

    `peer` is None without PyTorch, and empty if it was not requested. `long` is a run of the
    last size for `minutes`, if requested.
    """

    media: str
    sizes: tuple[SizeSpeed, ...]
    peer: dict[int, float] | None
    minutes: float = 0
    long: WholeRun | None = None

    @property
    def fastest_peer(self) -> float | None:
        """The peer at its best batch size, milliseconds per frame."""
        return min(self.peer.values()) if self.peer else None

    def table(self) -> str:
        """Return the report as text, one column per size."""
        rows = [("processor ms a frame", [f"{size.side}p" for size in self.sizes])]
        rows += [(f"  {p}", [f"{s.parts[p]:.2f}" for s in self.sizes]) for p in Part]
        rows += [
            ("all parts", [f"{s.total:.2f}" for s in self.sizes]),
            ("floor: one decode, one encode", [f"{s.floor:.2f}" for s in self.sizes]),
            ("all parts / floor", [f"{s.over_floor:.2f}" for s in self.sizes]),
            ("floor with plain veryfast", [f"{s.plain_floor:.2f}" for s in self.sizes]),
            ("all parts / plain floor", [f"{s.total / s.plain_floor:.2f}" for s in self.sizes]),
            ("a whole run, ms a frame", [_cell(s.two_cores, "cpu", ".2f") for s in self.sizes]),
            ("x real time, one core", [_cell(s.one_core, "realtime", ".2f") for s in self.sizes]),
            ("x real time, two cores", [_cell(s.two_cores, "realtime", ".2f") for s in self.sizes]),
            ("peak memory, MB", [_cell(s.two_cores, "peak", ".0f") for s in self.sizes]),
        ]
        peer = self.fastest_peer
        if peer is not None:
            rows.append(("Wav2Lip's generator, ms a frame", [f"{peer:.1f}"] * len(self.sizes)))
            rows.append(
                ("  / listen, choose, draw", [f"{peer / s.driving:.1f}" for s in self.sizes])
            )
        lines = [self.media, *(_line(name, cells) for name, cells in rows)]
        if self.long is not None:
            lines.append(
                f"{self.sizes[-1].side}p for {self.minutes:g} minutes: {self.long.peak:.0f} MB, "
                f"{self.long.realtime:.2f} x real time"
            )
        if self.peer is None:
            lines.append("Wav2Lip's generator is left out: PyTorch is not installed.")
        elif self.peer:
            batches = ", ".join(f"{ms:.1f} at {batch}" for batch, ms in self.peer.items())
            lines.append(f"Wav2Lip's generator by batch size, ms a frame on one thread: {batches}")
        return "\n".join(lines)


def measure_speed(
    media: Path,
    *,
    speech: Path | None = None,
    sizes: Sequence[int] = SIZES,
    rounds: int = ROUNDS,
    peer: bool = True,
    minutes: float = 0,
    on_step: Callable[[str], None] | None = None,
) -> SpeedReport:
    """Measure the engine on a talking clip, driven by `speech`, else by the clip's own sound.

    `sizes` are short sides in pixels, `rounds` is the number of measurements of each; `peer` false
    skips Wav2Lip; `minutes` also runs the last size for that long, with clip and speech repeated.
    `on_step` is called with the name of each step. Takes minutes; figures are only comparable on
    an idle machine.

    Raises:
        MediaError: the clip cannot be read.
        subprocess.CalledProcessError: the engine cannot use clip and speech.
        ValueError: the clip has no pictures, or `sizes` is empty or `rounds` below one.
    """
    if not sizes or rounds < 1:
        raise ValueError("at least one size and one round are needed")
    notify = on_step or (lambda step: None)
    with tempfile.TemporaryDirectory(prefix="lipsync-speed-") as folder:
        done = []
        for side in sizes:
            notify(f"{side}p")
            clip = scaled(media, side, Path(folder) / f"{side}.mp4")
            done.append(_measured(clip, speech or media, side, rounds))
        long = None
        if minutes:
            notify(f"{sizes[-1]}p for {minutes:g} minutes")
            long = _long(Path(folder), sizes[-1], speech or media, 60 * minutes)
        notify("Wav2Lip's generator")
        fastest = frame_milliseconds() if peer else {}
        return SpeedReport(media.name, tuple(done), fastest, minutes, long)


def _long(folder: Path, side: int, speech: Path, seconds: float) -> WholeRun | None:
    video = repeated_video(folder / f"{side}.mp4", seconds, folder / "long.mp4")
    sound = repeated_sound(speech, seconds, folder / "long.wav")
    return whole_run(video, sound, folder / "long.out.mp4", 2)


def _measured(clip: Path, speech: Path, side: int, rounds: int) -> SizeSpeed:
    output = clip.with_suffix(".out.mp4")
    cost = costs(clip, speech, output, rounds)
    one, two = (_fastest(clip, speech, output, cores, rounds) for cores in (1, 2))
    return SizeSpeed(side, cost.frames, cost.parts, cost.floor, cost.plain_floor, one, two)


def _fastest(clip: Path, speech: Path, output: Path, cores: int, rounds: int) -> WholeRun | None:
    runs = [whole_run(clip, speech, output, cores) for _ in range(rounds)]
    return min((run for run in runs if run is not None), key=lambda r: r.wall, default=None)


def measured(report: SpeedReport) -> list[tuple[thresholds.Bar, float]]:
    """Return the measured figures that have a bar."""
    by = {size.side: size for size in report.sizes}
    rows: list[tuple[thresholds.Bar, float]] = []
    for side, bar in ((360, thresholds.CPU_360), (720, thresholds.CPU_720)):
        if side in by:
            run = by[side].two_cores
            rows.append((bar, by[side].total if run is None else run.cpu))
    if 720 in by:
        run, peer = by[720].two_cores, report.fastest_peer
        if run is not None:
            rows.append((thresholds.REAL_TIME, run.realtime))
        rows.append((thresholds.FLOOR, by[720].over_floor))
        if peer is not None:
            rows.append((thresholds.PEER, peer / by[720].driving))
    if report.long is not None and report.sizes[-1].side == 1080:
        rows.append((thresholds.MEMORY, report.long.peak))
    return rows


def _cell(run: WholeRun | None, name: str, form: str) -> str:
    return "-" if run is None else format(getattr(run, name), form)


def _line(name: str, cells: Sequence[str]) -> str:
    return f"{name:<34}" + "".join(f"{cell:>9}" for cell in cells)
