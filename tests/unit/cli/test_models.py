"""`--model`, `--field` and `LIPSYNC_MODEL`: the model of a command's runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.settings import MODEL_ID
from tests.faults.scripted_api import ScriptedApi
from tests.unit.cli.conftest import Cli

pytestmark = pytest.mark.slow

NEWER, REACT = "sync/lipsync-2", "sync/react-1"


def models(api: ScriptedApi) -> list[str]:
    return [task["model"] for task in api.tasks.values()]


def test_a_run_of_another_schema_is_sent_shown_and_listed(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    api.final = {"has_nsfw_contents": None}
    record = tmp_path / "r.json"
    done = cli(
        "run", clip, speech, "--model", REACT, "--field", "emotion=sad", "--json-file", record
    )
    assert done.returncode == 0, done.stderr
    assert models(api) == [REACT]
    told = json.loads(record.read_text())
    assert (told["model"], told["sync_mode"]) == (REACT, None)
    assert told["choices"] == {"emotion": "sad", "model_mode": "face"}
    assert told["has_nsfw_contents"] == [None]
    (check,) = told["own_nsfw_checks"]
    assert check["frames"] == 3
    assert check["flagged"] is False
    shown = cli("show", told["run_id"]).stdout
    for line in ("model:    sync/react-1", "emotion:  sad", "moves:    face"):
        assert line in shown
    assert "not checked by the API; our own check of 3 frames: no, highest score 0." in shown
    assert "react-1" in cli("list").stdout
    assert "react-1" in cli("ledger").stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--model", REACT, "-m", "loop"], "takes no sync_mode"),
        (["--model", NEWER, "--field", "emotion=sad"], "takes no emotion"),
        (["--model", REACT, "--field", "emotion=bored"], "no emotion 'bored'"),
        (["--model", NEWER, "--backend", "local"], "needs the WaveSpeed API"),
    ],
)
def test_what_a_model_does_not_take_is_a_sentence(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, options: list[str], words: str
) -> None:
    refused = cli("run", clip, speech, *options)
    assert refused.returncode == ExitCode.REFUSED
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr
    assert api.submits == 0


def test_a_wrong_model_or_field_is_a_wrong_command(cli: Cli, clip: Path, speech: Path) -> None:
    assert cli("run", clip, speech, "--model", "sync/lipsync-9").returncode == 2
    assert cli("run", clip, speech, "--field", "sad").returncode == 2
    wrong = cli("run", clip, speech, LIPSYNC_MODEL="sync/lipsync-9")
    assert wrong.returncode == 2
    assert "LIPSYNC_MODEL" in wrong.stderr


def test_the_environment_chooses_and_the_option_chooses_over_it(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    assert cli("run", clip, speech, LIPSYNC_MODEL=NEWER).returncode == 0
    assert cli("run", clip, speech, "--model", MODEL_ID, LIPSYNC_MODEL=NEWER).returncode == 0
    assert models(api) == [NEWER, MODEL_ID]


def test_a_batch_goes_to_its_model(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"video,audio,sync_mode\n{clip},{speech},loop\n")
    done = cli("batch", pairs, "--model", REACT, "--field", "model_mode=head")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("neutral,head: ")
    assert models(api) == [REACT]


def test_models_are_compared_once_their_prices_are_agreed_to(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.model_prices[NEWER] = (0.06, 0.4)
    asked = ["compare", clip, speech, "--model", MODEL_ID, "--model", NEWER, "-m", "loop"]
    refused = cli(*asked, "--quiet")
    assert refused.returncode == 1
    assert f"{MODEL_ID}: at least 0.025 USD" in refused.stderr
    assert f"{NEWER}: at least 0.06 USD" in refused.stderr
    assert api.submits == 0
    done = cli(*asked, "--yes")
    assert done.returncode == 0, done.stderr
    assert sorted(models(api)) == [MODEL_ID, NEWER]
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "lipsync-1.9.0-beta  loop",
        "lipsync-2  loop",
    ]
    assert cli(*asked, "-m", "remap").returncode == 2
    twice = cli("compare", clip, speech, "--model", NEWER, "--model", NEWER)
    assert (twice.returncode, api.submits) == (2, 2)
    assert "two different models" in twice.stderr
