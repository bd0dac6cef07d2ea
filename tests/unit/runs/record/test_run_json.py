"""One serialiser of a run: its stored record and its public JSON share names and values."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.cost import Charge, Quote
from lipsync_demo.runs.record.review import Review, Verdict
from lipsync_demo.runs.record.run import (
    MediaRecord,
    OwnCheck,
    Run,
    RunError,
    RunState,
    dump_run,
    load_run,
)
from lipsync_demo.runs.record.run_json import run_json

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[4] / "docs/run.schema.json").read_text(encoding="utf-8")
)
MOMENT = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=timezone.utc)
PRIVATE = "for-nobody"
FORMER = {
    "run_id": "id",
    "server": "base_url",
    "task_id": "prediction_id",
    "response": "prediction",
    "own_nsfw_checks": "own_checks",
}
"""Names of today and those in records of before."""


@pytest.fixture
def full(tmp_path: Path) -> Run:
    """A run with everything set; what is not public contains `PRIVATE`."""
    run = Run(
        id="a" * 32,
        created_at=MOMENT,
        started_at=MOMENT - timedelta(days=400),
        updated_at=MOMENT + timedelta(seconds=1),
        state=RunState.FAILED,
        backend="wavespeed",
        base_url=f"https://{PRIVATE}",
        sync_mode=SyncMode.BOUNCE,
        folder=tmp_path / PRIVATE,
        video_source=f"/{PRIVATE}/clip.mp4",
        audio_source=f"/{PRIVATE}/speech.wav",
        model="sync/react-1",
        choices={"emotion": "sad"},
        key="visitor",
        needs_key=True,
        video=MediaRecord(
            name="clip.mp4",
            path=tmp_path / PRIVATE / PRIVATE / "clip.mp4",
            size_bytes=7,
            sha256="0" * 64,
            seconds=Fraction(1001, 24000),
            width=192,
            height=128,
            fps=Fraction(24000, 1001),
            sent=tmp_path / PRIVATE / PRIVATE / "sent.mp4",
        ),
        audio=MediaRecord(
            name="speech.wav",
            path=tmp_path / PRIVATE / PRIVATE / "speech.wav",
            size_bytes=8,
            sha256="1" * 64,
            seconds=Fraction(71, 10),
        ),
        warnings=("The video is dark.",),
        hosting=PRIVATE,
        request={"video": f"https://{PRIVATE}/v", "sync_mode": "bounce"},
        next_try=MOMENT - timedelta(days=401),
        submitted_at=MOMENT - timedelta(days=402),
        submits=2,
        prediction_id="c0ffee",
        prediction={"id": PRIVATE, "deep": {"a": [1, None, "ü"]}},
        other_tasks=(PRIVATE,),
        trouble=PRIVATE,
        timings={"upload": 0.25, "total": 6.0},
        has_nsfw_contents=(True, None),
        own_checks=(None, OwnCheck(0.034, 8, flagged=False)),
        outputs=(tmp_path / PRIVATE / f"{PRIVATE}.mp4",),
        expected_seconds=Fraction(1, 3),
        output_seconds=Fraction(8, 25),
        error=RunError("No face.", "Take another.", "c0ffee"),
        group=PRIVATE,
        session=PRIVATE,
        owner=PRIVATE,
        quote=Quote(Decimal("0.05"), "USD", True, MOMENT - timedelta(days=403)),
        charge=Charge(Decimal("0.05"), Decimal("0.02"), "billing"),
        review=Review(Verdict.FAIL, {"teeth": Verdict.FAIL, "jaw": Verdict.PASS}, "Look."),
        imported=True,
        consent="Use footage of people who agreed to it.",
    )
    for field in dataclasses.fields(run):
        assert getattr(run, field.name) not in (None, (), {}, field.default), field.name
    return run


def assert_same(stored: Any, public: Any) -> None:
    """Every public name is in the record, with the same value; lengths are exact there."""
    if isinstance(public, dict):
        assert public.keys() <= stored.keys()
        for name, value in public.items():
            assert_same(stored[name], value)
    elif isinstance(public, list):
        assert len(stored) == len(public)
        for one, other in zip(stored, public, strict=True):
            assert_same(one, other)
    elif isinstance(public, float) and isinstance(stored, str):
        assert float(Fraction(stored)) == public
    else:
        assert (type(stored), stored) == (type(public), public)


def test_the_record_and_the_public_json_have_the_same_names_and_values(full: Run) -> None:
    assert_same(dump_run(full), run_json(full))


def test_only_lengths_are_written_otherwise_in_the_record(full: Run) -> None:
    record, public = dump_run(full), run_json(full)
    lengths = {"expected_seconds": "1/3", "output_seconds": "8/25"}
    assert {name: record[name] for name in lengths} == lengths
    assert (record["video"]["seconds"], record["audio"]["seconds"]) == ("1001/24000", "71/10")
    others = public.keys() - lengths.keys() - {"video", "audio", "quote"}
    told: dict[str, Any] = {**public}
    assert {name: told[name] for name in others} == {name: record[name] for name in others}


def test_the_public_json_has_exactly_the_documented_names(full: Run) -> None:
    public: dict[str, Any] = {**run_json(full)}
    assert list(public) == SCHEMA["required"]
    kinds = {
        "video": "MediaJson",
        "audio": "MediaJson",
        "error": "ErrorJson",
        "quote": "QuoteJson",
        "charge": "ChargeJson",
        "review": "ReviewJson",
    }
    for name, kind in kinds.items():
        assert list(public[name]) == SCHEMA["$defs"][kind]["required"]
    assert list(public["own_nsfw_checks"][1]) == SCHEMA["$defs"]["OwnCheckJson"]["required"]


def test_nothing_private_is_in_the_public_json(full: Run) -> None:
    assert json.dumps(dump_run(full)).count(PRIVATE) > 10
    public = json.dumps(run_json(full))
    assert PRIVATE not in public
    assert "2025" not in public, "only when it was begun and changed is public"


def test_the_public_json_stays_as_it_was(full: Run) -> None:
    assert run_json(full) == {
        "run_id": "a" * 32,
        "state": "failed",
        "model": "sync/react-1",
        "sync_mode": "bounce",
        "choices": {"emotion": "sad"},
        "backend": "wavespeed",
        "task_id": "c0ffee",
        "created_at": "2026-11-22T09:30:00.123456+00:00",
        "updated_at": "2026-11-22T09:30:01.123456+00:00",
        "video": {
            "name": "clip.mp4",
            "size_bytes": 7,
            "sha256": "0" * 64,
            "seconds": 1001 / 24000,
            "width": 192,
            "height": 128,
            "fps": "24000/1001",
        },
        "audio": {
            "name": "speech.wav",
            "size_bytes": 8,
            "sha256": "1" * 64,
            "seconds": 7.1,
            "width": None,
            "height": None,
            "fps": None,
        },
        "timings": {"upload": 0.25, "total": 6.0},
        "expected_seconds": 1 / 3,
        "output_seconds": 0.32,
        "has_nsfw_contents": [True, None],
        "own_nsfw_checks": [None, {"score": 0.034, "frames": 8, "flagged": False}],
        "error": {
            "what": "No face.",
            "hint": "Take another.",
            "task_id": "c0ffee",
            "refused": False,
        },
        "warnings": ["The video is dark."],
        "quote": {"amount": "0.05", "currency": "USD", "floor": True},
        "charge": {"amount": "0.05", "refunded": "0.02", "source": "billing"},
        "review": {
            "verdict": "fail",
            "headings": {"teeth": "fail", "jaw": "pass"},
            "note": "Look.",
            "pins": [],
        },
        "consent": "Use footage of people who agreed to it.",
    }


def test_a_record_with_the_names_of_before_is_the_same_run(full: Run) -> None:
    record = dump_run(full)
    assert load_run(record, full.folder) == full
    before = {FORMER.get(name, name): value for name, value in record.items()}
    for name in ("created_at", "started_at", "updated_at", "next_try", "submitted_at"):
        before[name] = before[name].replace("+00:00", "Z")
    assert not before.keys() & FORMER.keys()
    assert load_run(before, full.folder) == full
