"""What is said of files the system refuses, and of settings."""

from __future__ import annotations

from lipsync_demo.languages import _

SYSTEM_REFUSED = _("the system refused it")


def file_not_used(name: str, reason: str) -> str:
    return _("A file could not be used: {name}{reason}.", name=name, reason=reason)


def setting_unusable(name: str, problem: str) -> str:
    return _("{name} is not usable: {problem}. See docs/settings.md.", name=name, problem=problem)
