"""A page whose runs are sent to a scripted provider, with no rate in their way."""

from __future__ import annotations

from tests.faults.scripted_api import KEY, ScriptedApi

FREELY = ",".join(f"{act}=100000" for act in ("runs", "uploads", "looks"))


def paid(api: ScriptedApi) -> dict[str, str]:
    """The settings of the page."""
    return {
        "WAVESPEED_BASE_URL": api.url,
        "WAVESPEED_API_KEY": KEY,
        "LIPSYNC_BACKEND": "wavespeed",
        "LIPSYNC_ALLOW_PRIVATE_URLS": "1",
        "LIPSYNC_RATES": FREELY,
    }
