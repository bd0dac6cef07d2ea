"""What `tests.forked` forks from: everything that the page and the commands import.

Nothing here may start a thread, which a fork would leave behind.
"""

from __future__ import annotations

import os

from lipsync_demo.ui.inputs.uploads import ENVIRONMENT

# Gradio reads it when imported, and has to find what `python app.py` lets it find.
for _name in [name for name in os.environ if name.startswith("GRADIO")]:
    del os.environ[_name]
os.environ.update(ENVIRONMENT)

import alembic.command  # noqa: E402, F401
import uvicorn  # noqa: E402, F401

import lipsync_demo.backend.process  # noqa: E402
import lipsync_demo.cli.servers  # noqa: E402
import lipsync_demo.runs.steps.inputs  # noqa: E402
import lipsync_demo.ui.http.documents  # noqa: E402
import lipsync_demo.ui.launch  # noqa: E402
import lipsync_demo.ui.page  # noqa: E402, F401
