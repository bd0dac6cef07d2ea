"""Everything that can be measured of an output, with as much of its inputs as there is."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

from lipsync_demo.engine.speech import speech_samples
from lipsync_demo.files import digest, write_json
from lipsync_demo.media.probe import MediaInfo, probe_audio, probe_video
from lipsync_demo.media.sync_modes import SyncMode, output_seconds
from lipsync_demo.qa import words
from lipsync_demo.qa.bands import ACCEPTABLE, DETECTABLE
from lipsync_demo.qa.form import check_form, check_length, check_whole
from lipsync_demo.qa.models import Check, Measures, Outcome, SyncScore
from lipsync_demo.qa.mouth import sync
from lipsync_demo.qa.mouth.lips import check_lips
from lipsync_demo.qa.mouth.mouths import mouths
from lipsync_demo.qa.picture.alignment import Aligned, align
from lipsync_demo.qa.picture.likeness import check_likeness
from lipsync_demo.qa.picture.motion import check_motion, look
from lipsync_demo.qa.picture.pictures import check_pictures
from lipsync_demo.qa.picture.shades import check_shades
from lipsync_demo.qa.sound.fidelity import check_sound

LOOK_SECONDS = 30.0
"""How much of a video the A/V offset is judged by."""
SURE = 0.25
"""Confidence from which an offset is worth a verdict."""


def measure(
    output: Path,
    source: Path | None = None,
    speech: Path | None = None,
    mode: SyncMode | None = None,
    *,
    cache: Path | None = None,
) -> Measures:
    """Measure `output`, made from `source` and `speech` by `mode`; what is not given is not known.

    `cache` is a folder in which the source's own A/V score is kept by content.

    Raises:
        MediaError: the output, or an input that is given, cannot be read.
    """
    shown = probe_video(output)
    given = probe_video(source) if source else None
    said = probe_audio(speech) if speech else None
    aligned = _aligned(output, source, said, mode)
    expected = None
    if mode and given and given.video and said and said.audio:
        expected = output_seconds(mode, given.video.duration, said.audio.duration)
    seen = mouths(output, LOOK_SECONDS)
    checks: list[Check] = [*check_length(shown, expected)]
    if speech and aligned and shown.audio is not None:
        checks += check_sound(output, speech, aligned.laid)
        checks += check_lips(seen, speech, aligned.laid)
    made, own_pictures = look(output), look(source) if source else None
    checks += check_motion(made, own_pictures, aligned)
    if source and aligned and own_pictures:
        checks += check_pictures((output, made), (source, own_pictures), aligned, seen.box)
        checks.append(check_likeness(output, source, aligned, seen.box))
        if given and given.video and given.video.hdr and shown.video and not shown.video.hdr:
            checks.append(check_shades(output, source, aligned, seen.box))
    checks += check_whole(shown, given)
    checks += check_form(shown, given, said)
    own = sync.score(seen, speech_samples(output)) if shown.audio else None
    before = _source_score(given, cache)
    checks.append(_offset(own, before))
    return Measures(
        measured_at=datetime.now(timezone.utc),
        checks=tuple(checks),
        sync=own,
        source_sync=before,
        seams=aligned.seam_seconds if aligned else (),
        mouth=seen.box,
    )


def _aligned(
    output: Path, source: Path | None, said: MediaInfo | None, mode: SyncMode | None
) -> Aligned | None:
    if source is None or said is None or said.audio is None or mode is None:
        return None
    return align(output, source, said.audio.duration, mode)


def _offset(own: SyncScore | None, before: SyncScore | None) -> Check:
    band = f"{ACCEPTABLE.earliest:g} to +{ACCEPTABLE.latest:g} ms"
    beside = (
        words.source_score(before.offset_ms)
        if before is not None and before.confidence >= SURE
        else words.SOURCE_SCORE_UNKNOWN
    )
    name, title = "av_offset", words.SOUND_AGAINST_LIPS
    if own is None or own.confidence < SURE:
        value = "–" if own is None else f"{own.offset_ms:+.0f} ms?"
        text = words.TOO_LITTLE_TO_JUDGE + beside
        return Check(name, title, value, band, Outcome.UNKNOWN, text)
    if DETECTABLE.holds(own.offset_ms):
        outcome, text = Outcome.PASS, words.OFFSET_UNNOTICED
    elif ACCEPTABLE.holds(own.offset_ms):
        outcome, text = Outcome.WARN, words.OFFSET_ACCEPTED
    else:
        outcome, text = Outcome.FAIL, words.OFFSET_BEYOND
    value = f"{own.offset_ms:+.0f} ms"
    return Check(name, title, value, band, outcome, text + beside, own.offset_ms)


def _source_score(given: MediaInfo | None, cache: Path | None) -> SyncScore | None:
    if given is None or given.audio is None or given.audio.silent:
        return None
    kept = None
    if cache is not None:
        kept = cache / f"{digest(given.path)}.json"
        if kept.is_file():
            known = json.loads(kept.read_text(encoding="utf-8"))
            return SyncScore(**known) if known else None
    score = sync.score(mouths(given.path, LOOK_SECONDS), speech_samples(given.path))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_json(kept, asdict(score) if score else None)
    return score
