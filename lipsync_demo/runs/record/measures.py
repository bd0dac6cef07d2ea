"""Quality measures of a run's output, read from the run's folder."""

from __future__ import annotations

import json
import logging

from pydantic import ValidationError

from lipsync_demo.qa.models import Measures, load_measures
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.run import Run

logger = logging.getLogger(__name__)


def measures_of(run: Run) -> Measures | None:
    """Quality measures of a run's first output; None before they were made."""
    path = RunFolder(run.folder).measures
    try:
        return load_measures(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, ValidationError) as error:
        logger.warning("The measures of run %s cannot be read: %s", run.id, error)
        return None
