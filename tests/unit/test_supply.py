"""The lock, the licences, and what the wheels bring along."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
PINNED = re.compile(
    r"^(?P<pinned>[^\s#][^\\]*?) \\\n(?P<hashes>(?: +--hash=sha256:[0-9a-f]{64}.*\n)+)", re.M
)


def requirements() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("\n")
    return [Requirement(line) for line in lines if line]


def locked() -> list[Requirement]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = [Requirement(match["pinned"]) for match in PINNED.finditer(text)]
    assert len(found) == len(re.findall(r"^[a-z]", text, re.M)), "a package without hashes"
    return found


def on(python: str, given: list[Requirement]) -> dict[str, Requirement]:
    """Those that count on Linux with this Python, by name."""
    place = {**default_environment(), "python_version": python, "sys_platform": "linux"}
    place |= {"python_full_version": f"{python}.9", "platform_machine": "x86_64"}
    here = [one for one in given if one.marker is None or one.marker.evaluate(place)]
    named = {canonicalize_name(one.name): one for one in here}
    assert len(named) == len(here), "pinned twice"
    return named


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_all_that_is_required(python: str) -> None:
    pins = on(python, locked())
    for name, wanted in on(python, requirements()).items():
        [pin] = pins[name].specifier
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), (name, pin.version)


def test_every_locked_package_has_its_licence_in_the_table() -> None:
    rows = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8").split("| --- | --- |\n")[-1]
    listed = dict(row.strip("| ").split(" | ") for row in rows.splitlines())
    everywhere = [on(python, locked()) for python in ("3.10", "3.13")]
    assert set(listed) == {name for pins in everywhere for name in pins}
    assert all(licence and licence != "UNKNOWN" for licence in listed.values())


def test_the_encoders_inside_pyavs_wheel_are_named() -> None:
    inside = [str(path) for path in importlib.metadata.files("av") or ()]
    told = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for name in ("libx264", "libx265"):
        assert name in told
        assert name in notice
        if sys.platform == "linux":
            assert any(name in path for path in inside), "docs/licences.md names what is not there"
