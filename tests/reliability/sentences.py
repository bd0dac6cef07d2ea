"""Whether a text is one that a person can read: a sentence, without code and without a secret."""

from __future__ import annotations

import re

_CODE = re.compile(
    r"Traceback|\bFile \"|\w(Error|Exception|Timeout)\b|</?[a-z]+>|urllib3|HTTPConnection|"
    r"Errno|\b0x[0-9a-f]{4}|\bNone\b|object at|\{[^}]*\}|\\x|/dev/shm|/tmp/"
)


def faults_of(text: str | None, *secrets: str) -> list[str]:
    """What is wrong with a text for people, in a few words each."""
    if not (text or "").strip():
        return ["says nothing"]
    assert text is not None
    found = [f"is code: {text!r}"] if _CODE.search(text) else []
    if not re.search(r"[.!?)”]$", text.rstrip()):
        found.append(f"is no sentence: {text!r}")
    return found + ["tells a secret" for secret in secrets if secret in text]
