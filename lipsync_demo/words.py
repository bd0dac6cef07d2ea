"""What is said of files the system refuses, and of settings."""

from __future__ import annotations

SYSTEM_REFUSED = "the system refused it"


def file_not_used(name: str, reason: str) -> str:
    return f"A file could not be used: {name}{reason}."


def setting_unusable(name: str, problem: str) -> str:
    return f"{name} is not usable: {problem}. See docs/settings.md."
