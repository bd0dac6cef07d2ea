from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from lipsync_demo.backend.faults.effects import Patch, Place
from lipsync_demo.backend.faults.switches import FAULTS, Faults, help_text, parse
from lipsync_demo.backend.jobs.job import CREATED, Job
from lipsync_demo.backend.jobs.predictions import describe
from lipsync_demo.wavespeed.schema import TASK_CODES, TERMINAL_FAILURES

DOCUMENT = Path(__file__).parents[4] / "docs" / "backend.md"


def test_the_document_lists_every_switch_in_the_same_words() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| (.+?) \| (.+?) \| (.+?) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE
    )
    assert rows == [(f.name, f.place.value, f.does, f.duty) for f in FAULTS.values()]


def test_the_help_has_a_line_for_every_switch() -> None:
    lines = help_text().splitlines()
    assert [line.split()[0] for line in lines] == list(FAULTS)


def test_every_task_code_and_every_failed_status_has_a_switch() -> None:
    assert {str(code) for code in TASK_CODES} <= set(FAULTS)
    assert set(TERMINAL_FAILURES) - {"failed"} <= set(FAULTS)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no fault called 'nope'.*429-retry-after"):
        parse("nope")


@pytest.mark.parametrize("spec", ["429:", "429:0", "429:-1", "429:x", "429:1:2", "429:²"])
def test_a_count_must_be_a_positive_number(spec: str) -> None:
    with pytest.raises(ValueError, match="not a positive number"):
        parse(spec)


def test_switches_act_in_the_order_given_until_their_turns_are_used_up() -> None:
    faults = Faults(["429:2", "500:1", "submit-503"])
    taken = [faults.take(Place.READ) for _ in range(4)]
    assert [fault and fault.name for fault in taken] == ["429", "429", "500", None]
    assert all(faults.take(Place.SUBMIT) for _ in range(5))
    assert faults.take(Place.OUTPUT) is None


def test_a_switch_for_several_places_counts_them_together() -> None:
    faults = Faults(["401:2"])
    assert faults.take(Place.READ, Place.API)
    assert faults.take(Place.SUBMIT, Place.API)
    assert faults.take(Place.READ, Place.API) is None


def test_turns_are_handed_out_once_across_threads() -> None:
    faults = Faults(["429:200"])
    taken: list[object] = []

    def take() -> None:
        taken.extend(filter(None, (faults.take(Place.READ) for _ in range(100))))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 200


@pytest.mark.parametrize("name", [n for n, f in FAULTS.items() if isinstance(f.effect, Patch)])
def test_a_patch_changes_the_answer_about_a_completed_task_and_nothing_else(name: str) -> None:
    plain = describe(_job(), "http://127.0.0.1:1")
    patched = dict(plain, urls=dict(plain["urls"]))
    FAULTS[name].effect.apply(patched)  # type: ignore[union-attr]
    assert patched != plain
    assert patched["id"] == plain["id"]


@pytest.mark.parametrize("name", [n for n, f in FAULTS.items() if f.place is Place.TASK])
def test_a_switch_for_completed_tasks_leaves_a_running_one_alone(name: str) -> None:
    running = _job(status=CREATED, outputs=[], nsfw=[])
    assert describe(_job(status=CREATED, outputs=[], nsfw=[], fault=name), "") == describe(
        running, ""
    )


def _job(**changes: object) -> Job:
    values: dict[str, object] = {
        "number": 1,
        "id": "0" * 32,
        "created_ms": 1_759_187_383_027,
        "claimed_ms": 1_759_187_384_000,
        "status": "completed",
        "video": "https://media.example/v.mp4",
        "audio": "https://media.example/a.wav",
        "sync_mode": "cut_off",
        "attempts": 1,
        "outputs": ["1" * 32 + ".mp4"],
        "nsfw": [False],
        "code": 0,
        "error": "",
        "queue_ms": 12,
        "inference_ms": 345.678,
        "execution_ms": 400,
        "fault": None,
        "decreed": False,
    }
    return Job(**{**values, **changes})  # type: ignore[arg-type]
