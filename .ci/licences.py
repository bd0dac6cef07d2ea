"""Writes the table of `docs/licences.md`: the licence of every locked dependency.

Installs `requirements.lock` for the oldest and a new Python, and asks pip-licenses.  Run it by
`just licences`; it needs uv.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "licences.md"
PYTHONS = ("3.10", "3.13")
HEAD = "| package | licence |\n| --- | --- |\n"


def licences(python: str, folder: Path) -> dict[str, str]:
    """Names of the packages that the lock installs on a Python, with their licences."""
    there = folder / python
    interpreter = there / "bin" / "python"
    subprocess.run(["uv", "venv", "-q", "--python", python, there], check=True)
    install = ["uv", "pip", "install", "-q", "--python", interpreter, "--only-binary", ":all:"]
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements.lock"], check=True)
    # `-s`: also what pip-licenses itself needs, which it would leave out.
    ask = ["uvx", "-q", "pip-licenses", "--python", interpreter, "--format", "json", "-n", "-s"]
    found = json.loads(subprocess.run(ask, check=True, capture_output=True).stdout)
    return {re.sub(r"[._]", "-", one["Name"].lower()): one["License"] for one in found}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, str] = {}
        for python in PYTHONS:
            found |= licences(python, Path(folder))
    rows = "".join(f"| {name} | {found[name]} |\n" for name in sorted(found))
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(text[: text.index(HEAD)] + HEAD + rows, encoding="utf-8")


if __name__ == "__main__":
    main()
