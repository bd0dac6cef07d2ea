"""A page whose visitors spend the environment's key does not stand open by mistake."""

from __future__ import annotations

from importlib.util import find_spec

from lipsync_demo.access.errors import Exposed
from lipsync_demo.settings import Settings


def check_exposure(settings: Settings) -> None:
    """Check that the page may be opened with these settings.

    Raises:
        Exposed: anybody who reaches it could spend the environment's key, and nobody said so;
            or the sign-in that would prevent it cannot work.
    """
    if settings.signs_in and find_spec("authlib") is None:
        raise Exposed(
            "The page was not opened: LIPSYNC_HF_USERS needs the sign-in of Gradio, which is not "
            "installed.",
            "Install gradio[oauth], as a Gradio Space does by itself.",
        )
    if not (settings.spends and not settings.private):
        return
    if settings.open_to_all or settings.access_codes is not None or settings.signs_in:
        return
    raise Exposed(
        "The page was not opened: others can reach it, and every run would be paid with "
        "WAVESPEED_API_KEY.",
        "Make a code with `python -m lipsync_demo code NAME` and set LIPSYNC_ACCESS_CODES; on a "
        "Space you can set LIPSYNC_HF_USERS and hf_oauth instead. LIPSYNC_OPEN=1 opens it to all, "
        "within the spend limits. See docs/access.md.",
    )
