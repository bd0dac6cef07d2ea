"""A run as code: request and answer as JSON, and the same call in curl and Python.

The key is never included: the code reads the variable WAVESPEED_API_KEY.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from lipsync_demo.markup import words
from lipsync_demo.runs.record.run import Run
from lipsync_demo.wavespeed.schema import TERMINAL_FAILURES

NOTHING_SENT = words.NOTHING_SENT
NO_ANSWER = words.NO_ANSWER


def request_json(run: Run) -> str:
    """The JSON body as it was sent."""
    return _pretty(run.request) if run.request else NOTHING_SENT


def response_json(run: Run) -> str:
    """The API's last answer about this run's task, as JSON."""
    return _pretty(run.prediction) if run.prediction else NO_ANSWER


def _pretty(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def curl(run: Run) -> str:
    """Shell commands that submit the same request and poll this run's task."""
    if not run.request:
        return NOTHING_SENT
    body = shlex.quote(_pretty(run.request))
    lines = [
        *_note(run),
        f"curl --fail-with-body -X POST {shlex.quote(_submit_url(run))} \\",
        '  -H "Authorization: Bearer $WAVESPEED_API_KEY" \\',
        "  -H 'Content-Type: application/json' \\",
        f"  -d {body}",
    ]
    if run.prediction_id:
        lines += [
            "",
            "# Look at the task of this run; costs nothing.",
            f"curl --fail-with-body {shlex.quote(_result_url(run, run.prediction_id))} \\",
            '  -H "Authorization: Bearer $WAVESPEED_API_KEY"',
        ]
    return "\n".join(lines) + "\n"


def python(run: Run) -> str:
    """A Python script that submits the same request and waits for the result."""
    if not run.request:
        return NOTHING_SENT
    ends = ", ".join(f'"{status}"' for status in ("completed", *sorted(TERMINAL_FAILURES)))
    fields = "".join(f"    {key!r}: {value!r},\n" for key, value in run.request.items())
    return "\n".join(
        [
            *_note(run),
            "import os",
            "import time",
            "",
            "import requests",
            "",
            f"API = {run.base_url + '/api/v3'!r}",
            'HEADERS = {"Authorization": f"Bearer {os.environ[\'WAVESPEED_API_KEY\']}"}',
            f"BODY = {{\n{fields}}}",
            f"ENDS = ({ends})",
            "",
            f"url = API + {'/' + run.model!r}",
            "answer = requests.post(url, headers=HEADERS, json=BODY, timeout=60)",
            "answer.raise_for_status()",
            'task = answer.json()["data"]',
            'print("task", task["id"])  # keep it: from here on the task exists and is billed',
            'while task["status"] not in ENDS:',
            "    time.sleep(5)",
            "    url = f\"{API}/predictions/{task['id']}/result\"",
            "    answer = requests.get(url, headers=HEADERS, timeout=30)",
            "    answer.raise_for_status()",
            '    task = answer.json()["data"]',
            'print(task["status"], task["outputs"] or task["error"])',
            "",
        ]
    )


def _note(run: Run) -> list[str]:
    if run.backend != "local":
        return ["# Submits a new task, which is billed."]
    return [
        "# This run was answered by the local engine of this server, whose token changes with",
        "# every start. `python -m lipsync_demo backend --token …` starts one of your own;",
        "# for the hosted model use https://api.wavespeed.ai and public links to the media.",
    ]


def _submit_url(run: Run) -> str:
    return f"{run.base_url}/api/v3/{run.model}"


def _result_url(run: Run, task: str) -> str:
    return f"{run.base_url}/api/v3/predictions/{task}/result"
