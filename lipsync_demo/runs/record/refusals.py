"""Errors that say no: a rule, a limit or a quota, not a fault."""

from __future__ import annotations

from lipsync_demo.access.errors import NoRoom, TooMany
from lipsync_demo.runs.record.errors import NotYours, RunRefused
from lipsync_demo.wavespeed.errors import NoCredits, NoPermission, RateLimited

REFUSALS = (RunRefused, NotYours, NoRoom, TooMany, NoCredits, NoPermission, RateLimited)
"""Their classes: what was asked may be right, and is not allowed, or not now."""
