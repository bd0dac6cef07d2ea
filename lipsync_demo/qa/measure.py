"""Runs all checks of an output that its available inputs allow."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from lipsync_demo.engine.speech import speech_samples
from lipsync_demo.engine.tracking import point_frame
from lipsync_demo.files import digest, write_json
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.probe import probe_audio, probe_video
from lipsync_demo.media.sync_modes import SyncMode, output_seconds
from lipsync_demo.qa import words
from lipsync_demo.qa.credentials import check_credentials
from lipsync_demo.qa.format import check_form, check_length, check_whole
from lipsync_demo.qa.models import Check, Measures, Outcome, SyncScore
from lipsync_demo.qa.mouth import sync
from lipsync_demo.qa.mouth.lips import check_lips
from lipsync_demo.qa.mouth.mouths import LARGEST, mouths
from lipsync_demo.qa.picture.alignment import Aligned, align
from lipsync_demo.qa.picture.likeness import check_likeness
from lipsync_demo.qa.picture.motion import check_motion, frame_stats
from lipsync_demo.qa.picture.pictures import check_pictures
from lipsync_demo.qa.picture.shades import check_shades
from lipsync_demo.qa.sound.fidelity import check_sound
from lipsync_demo.qa.sync_tolerances import ACCEPTABLE, DETECTABLE

MAX_SYNC_SECONDS = 30.0
"""Seconds of video from which the A/V offset is estimated."""
MIN_CONFIDENCE = 0.25
"""Confidence from which an offset is judged."""


def measure(
    output: Path,
    source: Path | None = None,
    speech: Path | None = None,
    mode: SyncMode | None = None,
    *,
    face: str | None = None,
    cache: Path | None = None,
    anchors: str = "",
) -> Measures:
    """Measure `output`, made from `source` and `speech` in `mode`; without them checks are skipped.

    `face` is the choice of who speaks in it, as in `face_choice`; `cache` is a folder for the
    source's own A/V score, by content; `anchors` are this installation's certificates as PEM, by
    which its own outputs are known.

    Raises:
        MediaError: the output, or an input that is given, cannot be read.
    """
    output_info = probe_video(output)
    source_info = probe_video(source) if source else None
    speech_info = probe_audio(speech) if speech else None
    aligned = _aligned(output, source, speech_info, mode)
    expected = None
    if mode and source_info and source_info.video and speech_info and speech_info.audio:
        expected = output_seconds(mode, source_info.video.duration, speech_info.audio.duration)
    chosen = _frame(source, aligned) if source and aligned and face else None
    mouth = mouths(output, MAX_SYNC_SECONDS, face or LARGEST, chosen)
    checks: list[Check] = [*check_length(output_info, expected)]
    if speech and aligned and output_info.audio is not None:
        checks += check_sound(output, speech, aligned.laid)
        checks += check_lips(mouth, speech, aligned.laid)
    made, own_pictures = frame_stats(output), frame_stats(source) if source else None
    checks += check_motion(made, own_pictures, aligned)
    if source and aligned and own_pictures:
        checks += check_pictures((output, made), (source, own_pictures), aligned, mouth.box)
        checks.append(check_likeness(output, source, aligned, mouth.box))
        if (
            source_info
            and source_info.video
            and source_info.video.hdr
            and output_info.video
            and not output_info.video.hdr
        ):
            checks.append(check_shades(output, source, aligned, mouth.box))
    checks += check_whole(output_info, source_info)
    checks += check_form(output_info, source_info, speech_info)
    checks.append(check_credentials(output, anchors))
    own = sync.score(mouth, speech_samples(output)) if output_info.audio else None
    before = _source_score(source_info, cache)
    checks.append(_offset(own, before))
    return Measures(
        measured_at=datetime.now(timezone.utc),
        checks=tuple(checks),
        sync=own,
        source_sync=before,
        seams=aligned.seam_seconds if aligned else (),
        mouth=mouth.close_up,
    )


def _frame(source: Path, aligned: Aligned) -> int:
    """The number of the output's frame that shows the one a point is about, or one near it."""
    return int(np.abs(aligned.sources - point_frame(frame_times(source))).argmin())


def _aligned(
    output: Path, source: Path | None, speech_info: MediaInfo | None, mode: SyncMode | None
) -> Aligned | None:
    if source is None or speech_info is None or speech_info.audio is None or mode is None:
        return None
    return align(output, source, speech_info.audio.duration, mode)


def _offset(own: SyncScore | None, before: SyncScore | None) -> Check:
    band = f"{ACCEPTABLE.earliest:g} to +{ACCEPTABLE.latest:g} ms"
    source_words = (
        words.source_score(before.offset_ms)
        if before is not None and before.confidence >= MIN_CONFIDENCE
        else words.SOURCE_SCORE_UNKNOWN
    )
    name, title = "av_offset", words.SOUND_AGAINST_LIPS
    if own is None or own.confidence < MIN_CONFIDENCE:
        value = "–" if own is None else f"{own.offset_ms:+.0f} ms?"
        text = words.TOO_LITTLE_TO_JUDGE + source_words
        return Check(name, title, value, band, Outcome.UNKNOWN, text)
    if DETECTABLE.holds(own.offset_ms):
        outcome, text = Outcome.PASS, words.OFFSET_UNNOTICED
    elif ACCEPTABLE.holds(own.offset_ms):
        outcome, text = Outcome.WARN, words.OFFSET_ACCEPTED
    else:
        outcome, text = Outcome.FAIL, words.OFFSET_BEYOND
    value = f"{own.offset_ms:+.0f} ms"
    return Check(name, title, value, band, outcome, text + source_words, own.offset_ms)


def _source_score(source_info: MediaInfo | None, cache: Path | None) -> SyncScore | None:
    if source_info is None or source_info.audio is None or source_info.audio.silent:
        return None
    kept = None
    if cache is not None:
        kept = cache / f"{digest(source_info.path)}.json"
        if kept.is_file():
            known = json.loads(kept.read_text(encoding="utf-8"))
            return SyncScore(**known) if known else None
    score = sync.score(mouths(source_info.path, MAX_SYNC_SECONDS), speech_samples(source_info.path))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_json(kept, asdict(score) if score else None)
    return score
