from __future__ import annotations

import pickle
import re

import pytest

from lipsync_demo.wavespeed import errors
from lipsync_demo.wavespeed.errors import (
    NetworkError,
    TaskFailed,
    TaskWithoutOutput,
    WaitTimedOut,
    WaveSpeedError,
)
from lipsync_demo.wavespeed.outcome import check_outcome
from lipsync_demo.wavespeed.schema import TASK_CODES, TERMINAL_FAILURES, Prediction
from tests.unit.wavespeed.samples import TASK_ID, task


def _tree() -> list[type[WaveSpeedError]]:
    found = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, WaveSpeedError)
    ]
    assert len(found) > 15
    return found


def _example(kind: type[WaveSpeedError]) -> WaveSpeedError:
    if issubclass(kind, errors.PredictionError):
        return kind(Prediction.parse(task("failed", code=1403)), "It broke.", "Do this.")
    return kind("It broke.", "Do this.", status=500, task_id=TASK_ID)


def test_the_docstring_draws_the_whole_tree() -> None:
    lines = (errors.__doc__ or "").splitlines()
    drawn: list[tuple[int, str]] = [
        (len(found[1]), found[2])
        for line in lines
        if (found := re.match(r"    ([│├└─ ]*)([A-Z]\w+)(?: |$)", line))
    ]
    assert sorted(name for _, name in drawn) == sorted(kind.__name__ for kind in _tree())
    above: dict[int, str] = {}
    for depth, name in drawn:
        above[depth] = name
        parents = [above[d] for d in sorted(above) if d < depth]
        if parents:
            assert parents[-1] in {b.__name__ for b in getattr(errors, name).__bases__}
        above = {d: n for d, n in above.items() if d <= depth}


@pytest.mark.parametrize("kind", _tree(), ids=lambda kind: kind.__name__)
def test_an_error_says_what_happened_and_what_to_do(kind: type[WaveSpeedError]) -> None:
    error = _example(kind)
    assert str(error) == "It broke. Do this."
    assert error.task_id == TASK_ID


@pytest.mark.parametrize("kind", _tree(), ids=lambda kind: kind.__name__)
def test_an_error_survives_the_way_to_another_process(kind: type[WaveSpeedError]) -> None:
    error = _example(kind)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), again.status, again.code, again.task_id) == (
        str(error),
        error.status,
        error.code,
        error.task_id,
    )


def test_whether_it_was_sent_survives_too() -> None:
    again = pickle.loads(pickle.dumps(NetworkError("a", "b", maybe_sent=True)))
    assert again.maybe_sent


def test_a_wait_that_timed_out_is_a_timeout_with_the_task() -> None:
    error = WaitTimedOut(Prediction.parse(task()), "Waiting stopped.", "Look later.")
    assert isinstance(error, TimeoutError)
    assert error.prediction.id == error.task_id == TASK_ID
    assert str(error) == "Waiting stopped. Look later."


@pytest.mark.parametrize("status", sorted(TERMINAL_FAILURES))
@pytest.mark.parametrize("code", [0, *sorted(TASK_CODES), 1406, 5999, 9])
def test_a_failed_task_says_its_cause_and_a_fix(status: str, code: int) -> None:
    failed = Prediction.parse(task(status, code=code, error="Generation failed"))
    with pytest.raises(TaskFailed) as caught:
        check_outcome(failed)
    error = caught.value
    assert error.prediction is failed
    assert error.code == (code or None)
    assert TERMINAL_FAILURES[status] in error.what
    assert "The server said: Generation failed." in error.what
    if code in TASK_CODES:
        assert TASK_CODES[code].meaning in error.what
        assert error.hint == TASK_CODES[code].advice
    assert error.hint.endswith(".")


@pytest.mark.parametrize("outputs", [[], None, [None], [""]])
def test_completed_without_output_is_an_error(outputs: object) -> None:
    with pytest.raises(TaskWithoutOutput) as caught:
        check_outcome(Prediction.parse(task("completed", outputs=outputs)))
    assert caught.value.task_id == TASK_ID


def test_a_good_task_comes_back() -> None:
    good = Prediction.parse(task("completed", outputs=["https://cdn.example/a.mp4"]))
    assert check_outcome(good) is good
