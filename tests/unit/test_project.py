"""The project's metadata is true: versions, front matter, documents, provenance."""

from __future__ import annotations

import hashlib
import json
import re
import runpy
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
import yaml

import lipsync_demo
from lipsync_demo.__main__ import main
from lipsync_demo.media.sync_modes import SyncMode

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")
FRONT_MATTER = yaml.safe_load(README.split("---\n", 2)[1])
BINARY = {".mp4", ".wav", ".flac", ".m4a", ".npz", ".task", ".png", ".jpg", ".webp", ".onnx"}


def tracked() -> list[str]:
    try:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: the list of tracked files is unknown")
    return listed.stdout.decode().splitlines()


def test_the_space_installs_the_gradio_that_is_pinned() -> None:
    pinned = re.search(r"^gradio==(\S+)$", REQUIREMENTS, re.MULTILINE)
    assert pinned is not None
    assert FRONT_MATTER["sdk"] == "gradio"
    assert FRONT_MATTER["sdk_version"] == pinned[1]


def test_the_front_matter_is_what_a_space_needs() -> None:
    assert (ROOT / FRONT_MATTER["app_file"]).is_file()
    assert FRONT_MATTER["python_version"] in {"3.10", "3.11", "3.12", "3.13", "3.14"}
    assert len(FRONT_MATTER["short_description"]) <= 60
    assert {"title", "emoji", "colorFrom", "colorTo", "tags", "license"} <= set(FRONT_MATTER)


@pytest.mark.parametrize("name", ["starlette", "uvicorn", "pydantic", "fastapi"])
def test_what_gradio_brings_is_left_to_gradio(name: str) -> None:
    assert not re.search(rf"^{name}\b(?!-)", REQUIREMENTS, re.MULTILINE)


def test_the_installed_command_explains_errors_as_the_module_does() -> None:
    named = re.search(r'^lipsync-demo = "([\w.]+):(\w+)"$', PYPROJECT, re.MULTILINE)
    assert named is not None
    assert getattr(import_module(named[1]), named[2]) is main


def test_the_changelog_knows_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text or f"## [{lipsync_demo.__version__}]" in text


def test_the_readme_names_every_mode_and_the_two_commands() -> None:
    assert all(f"| `{mode}` |" in README for mode in SyncMode)
    assert "pip install -r requirements.txt && python app.py" in README
    assert "pip install -r requirements.txt -r tests/requirements.txt && python -m pytest" in README


PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_links_between_documents_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text):
        assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


def test_the_contributor_is_led_to_what_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:lipsync_demo|lab|tests|docs|\.ci)/[^`\s]*)`", text)
    assert len(named) > 12
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_threat_names_a_test_that_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    threats = text.split("## Threats")[1].split("\n## ")[0].strip().splitlines()[2:]
    assert len(threats) > 12
    for threat in threats:
        tests = re.findall(r"`(tests/[^`]+\.py)`", threat.rsplit(" | ", 1)[1])
        assert tests, threat
        assert [path for path in tests if not (ROOT / path).is_file()] == []


def test_every_short_command_is_told_and_short() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    dumped = subprocess.run(
        ["just", "--dump", "--dump-format", "json"], cwd=ROOT, capture_output=True, check=True
    )
    recipes = {
        name: recipe["body"]
        for name, recipe in json.loads(dumped.stdout)["recipes"].items()
        if not recipe["private"]
    }
    assert set(re.findall(r"`just ([\w-]+)", text)) == set(recipes)
    assert max(len(body) for body in recipes.values()) <= 15


def test_every_module_folder_has_its_row_in_the_architecture() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    folders = {p.parent.name for p in (ROOT / "lipsync_demo").glob("*/__init__.py")}
    assert all(f"`lipsync_demo/{folder}/`" in text for folder in folders), folders


def test_every_binary_file_has_its_provenance() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    weights = (ROOT / "lipsync_demo/engine/weights/speech_clips.json").read_text("utf-8")
    for name in tracked():
        path = ROOT / name
        if path.suffix in BINARY:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert digest in notice + weights, f"{name} ({digest}) is in no list"


@pytest.mark.parametrize("script", sorted(p.name for p in ROOT.glob("assets/*.py")))
def test_what_makes_the_samples_still_fits_the_package(script: str) -> None:
    assert callable(runpy.run_path(str(ROOT / "assets" / script))["main"])


def test_no_test_stops_everybody_s_clock() -> None:
    """Servers of other tests run in the same process, and their loops would sleep for hours."""
    clocks = "monotonic|sleep|perf_counter"
    stopping = re.compile(rf"setattr\(\s*(?:time,|[\"']time\.)\s*[\"']?(?:{clocks})")
    found = [
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("*.py")
        if stopping.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
