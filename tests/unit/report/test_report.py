"""A report shows runs and measures, and nothing that would let its reader act on them."""

from __future__ import annotations

import io
import json
import re
import shutil
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as Xml
from zipfile import ZipFile

import pytest

from lipsync_demo.files import write_json
from lipsync_demo.media.picture.stills import stills
from lipsync_demo.qa.models import Check, Measures, Outcome, dump_measures
from lipsync_demo.report.anonymous import anonymous
from lipsync_demo.report.archive import write_zip
from lipsync_demo.report.content import Content, Entry, as_json, of_runs
from lipsync_demo.report.junit import junit
from lipsync_demo.report.page import EMBEDDED_BYTES, Embedded, render
from lipsync_demo.report.redaction import address, redacted
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.review import HEADINGS, Pin, Review, Verdict
from lipsync_demo.runs.record.run import OwnCheck, Run, RunError, RunState
from lipsync_demo.runs.record.vote import Vote

pytestmark = pytest.mark.slow

ASSETS = Path(__file__).resolve().parents[3] / "assets"
MakeRun = Callable[..., Run]
CHECKS = (
    Check("length", "Length", "7.1 s", "7.1 s", Outcome.PASS, "As promised."),
    Check("seams", "Jump", "4×", "3×", Outcome.WARN, "It <jumps>."),
    Check("black", "Black", "5", "0", Outcome.FAIL, "Frames are black."),
    Check("av_offset", "Offset", "–", "", Outcome.UNKNOWN, "Too little speech."),
)


@pytest.fixture
def run(make_run: MakeRun, tmp_path: Path) -> Run:
    """A finished run with its files, some checks and a review."""
    run = make_run(
        request={
            "video": "https://cdn.example/v.mp4?signature=secret",
            "audio": "http://127.0.0.1:41234/uploads/a.wav",
            "sync_mode": "bounce",
        },
        review=Review(Verdict.FAIL, {"teeth": Verdict.FAIL}, "Look <b>closely</b>."),
    )
    shutil.copyfile(ASSETS / "examples/portrait/bounce/output.mp4", tmp_path / "output.mp4")
    shutil.copyfile(ASSETS / "sample_video.mp4", tmp_path / "talk.mp4")
    shutil.copyfile(ASSETS / "sample_speech.wav", tmp_path / "speech.wav")
    write_json(RunFolder(run.folder).measures, dump_measures(Measures(now(), CHECKS, seams=(4.0,))))
    return run


def test_nothing_in_it_lets_a_reader_act(run: Run) -> None:
    content = of_runs([run])
    page, data, xml = (
        render(content, Embedded(content)),
        json.dumps(as_json(content)),
        junit(content),
    )
    for text in (page, data, xml.decode()):
        assert run.id not in text
        assert run.id[:8] in text
        assert "secret" not in text
        assert str(run.folder) not in text
        assert "127.0.0.1" not in text


def test_the_page_carries_its_videos_once_each_and_its_frames(run: Run) -> None:
    content = of_runs([run])
    page = render(content, Embedded(content))
    assert page.count('type="text/plain" data-file=') == 2
    assert page.count('<img src="data:image/webp') == 5
    assert "&lt;jumps&gt;" in page
    assert "Look &lt;b&gt;closely&lt;/b&gt;." in page
    assert all(heading in page for heading in HEADINGS)
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_a_note_on_a_frame_is_shown_with_that_frame(run: Run) -> None:
    pins = (Pin(62, 2.48, "the <teeth>"), Pin(100, 4.0, "closed too late"))
    judged = replace(run, review=Review(Verdict.FAIL, pins=pins))
    page = render(of_runs([judged]), Embedded(of_runs([judged])))
    shown = page.split('<ul class="pins">')[1].split("</ul>")[0]
    assert shown.count('<img src="data:image/webp') == 2
    assert "<b>2.48\u00a0s · frame 62</b> the &lt;teeth&gt;" in shown
    pictures = re.findall(r"base64,([^\"]+)", shown)
    wanted = stills(run.output or Path(), [Fraction(125, 50), Fraction(201, 50)], height=360)
    assert [b64decode(one) for one in pictures] == wanted
    hidden = replace(judged, has_nsfw_contents=(None,))
    page = render(of_runs([hidden]), Embedded(of_runs([hidden])))
    assert "<img" not in page.split('<ul class="pins">')[1].split("</ul>")[0]
    assert as_json(of_runs([judged]))["runs"][0]["review"]["pins"][0]["frame"] == 62


def test_blind_votes_are_tallied(run: Run) -> None:
    other = replace(run, id="f" * 32)
    entries = (Entry(run, ("bounce",), None), Entry(other, ("loop",), None))
    both = frozenset((run.id, other.id))
    votes = (Vote(both, other.id), Vote(both, None), Vote(both, other.id))
    content = Content("comparison", "two", now(), entries, votes)
    page = render(content, Embedded(content))
    rows = re.findall(r'<th scope="row">(\w+).*?</th>.*?</meter> (\d).*?(\d)</td>.*?(\d)', page)
    assert rows == [("loop", "2", "1", "0"), ("bounce", "0", "1", "2")]
    assert as_json(content)["votes"] == [
        {"run_id": "f" * 8, "better": 2, "same": 1, "worse": 0},
        {"run_id": run.id[:8], "better": 0, "same": 1, "worse": 2},
    ]
    assert other.id not in page


def test_videos_too_large_for_a_page_are_left_to_the_zip(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert EMBEDDED_BYTES > 1 << 20
    monkeypatch.setattr("lipsync_demo.report.page.EMBEDDED_BYTES", 1000)
    content = of_runs([run])
    page = render(content, Embedded(content))
    assert "data-file=" not in page
    assert "the zip has them" in page


def test_an_output_that_is_not_known_to_be_safe_shows_no_frame(run: Run) -> None:
    content = of_runs([replace(run, has_nsfw_contents=(None,))])
    page = render(content, Embedded(content))
    assert '<img src="data:image/webp' not in page
    assert "&#34;hidden&#34;: true" in page


def test_the_zip_has_the_page_its_media_and_the_same_for_programs(run: Run) -> None:
    file = io.BytesIO()
    write_zip(of_runs([run]), file)
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert {"report.html", "report.json", "junit.xml"} <= names
        media = [name for name in names if name.startswith("media/")]
        assert len(media) == 3
        assert any(name.endswith(f"_bounce_{run.id[:8]}.mp4") for name in media)
        page = archive.read("report.html").decode()
        assert all(name in page for name in media if not name.endswith(".wav"))
        assert json.loads(archive.read("report.json"))["runs"][0]["checks"]


def test_json_says_what_was_run_and_measured(run: Run) -> None:
    (told,) = as_json(of_runs([run]))["runs"]
    assert told["outcome"] == "fail"
    assert told["review"]["headings"] == {"teeth": "fail"}
    assert told["request"]["video"] == "https://cdn.example/v.mp4"
    assert told["request"]["audio"] == "local engine/a.wav"
    assert [c["outcome"] for c in told["checks"]] == ["pass", "warn", "fail", "unknown"]
    assert told["video"]["sha256"] == "0" * 64


def test_junit_counts_failures_errors_and_what_was_skipped(run: Run) -> None:
    failed = replace(
        run, id="f" * 32, state=RunState.FAILED, error=RunError("No face.", "Take another.")
    )
    entries = (
        Entry(run, ("bounce", "loop"), Measures(now(), CHECKS)),
        Entry(failed, ("loop",), None),
    )
    root = Xml.fromstring(junit(Content("batch", "two", now(), entries)))
    assert root.tag == "testsuites"
    assert {n: root.get(n) for n in ("tests", "failures", "errors", "skipped")} == {
        "tests": "8",
        "failures": "3",
        "errors": "1",
        "skipped": "1",
    }
    first, second = root.findall("testsuite")
    assert first.get("name") == "bounce, loop · 01234567"
    assert [case.get("name") for case in first.findall("testcase")] == [
        "result",
        *(check.name for check in CHECKS),
        "verdict",
    ]
    error = second.find("testcase/error")
    assert error is not None
    assert "No face." in (error.get("message") or "")


def test_addresses_lose_what_may_be_a_signature() -> None:
    assert (
        address("https://a.example:8443/x/y.mp4?X-Amz-Signature=1#f")
        == "https://a.example:8443/x/y.mp4"
    )
    assert address("http://localhost:7860/media/z.mp4?sig=1") == "local engine/z.mp4"
    assert redacted({"a": ["https://a.example/b?c", 3, None]}) == {
        "a": ["https://a.example/b", 3, None]
    }
    for told, kept in {
        "https://a.example/b?c is no video.": "https://a.example/b is no video.",
        "https://[bad is no address; ask support": "https://… is no address; ask support",
    }.items():
        assert redacted(told) == kept


def test_a_strangers_report_names_hosts_but_no_file_there(run: Run) -> None:
    out = "https://anna:pw@store.example:8443/7f3c0a9e51d2/out.mp4?sig=secret"
    error = RunError(f"The file at {out} is gone.", "See https://[::1]/x/7f3c0a9e51d2")
    run = replace(
        run,
        prediction={"outputs": [out], "urls": {"get": "https://api.example/p/7f3c0a9e51d2/result"}},
        error=error,
        base_url="https://api.example",
    )
    content = anonymous(of_runs([run]))
    data = as_json(content)["runs"][0]
    assert data["request"]["video"] == "https://cdn.example/…"
    assert data["request"]["sync_mode"] == "bounce"
    assert data["response"]["outputs"] == ["https://store.example:8443/…"]
    assert data["server"] == "https://api.example"
    for text in (json.dumps(data), render(content, Embedded(content)), junit(content).decode()):
        assert not re.search(r"7f3c0a9e51d2|v\.mp4|a\.wav|out\.mp4|anna:pw|secret", text)
    # Its owner's keeps them.
    assert "store.example:8443/7f3c0a9e51d2/out.mp4" in json.dumps(as_json(of_runs([run])))


def test_every_run_carries_its_model_and_our_own_check(run: Run) -> None:
    own = OwnCheck(0.034, 8, flagged=False)
    newer = replace(run, model="sync/lipsync-2", has_nsfw_contents=(None,), own_checks=(own,))
    content = of_runs([run, newer])
    told = as_json(content)
    assert told["model"] == "sync/lipsync-1.9.0-beta, sync/lipsync-2"
    assert [one["model"] for one in told["runs"]] == told["model"].split(", ")
    assert [one["own_nsfw_checks"] for one in told["runs"]] == [
        [],
        [{"score": 0.034, "frames": 8, "flagged": False}],
    ]
    page = render(content, Embedded(content))
    assert "our own check of 8 frames" in page
    assert "sync/lipsync-2" in page


def test_a_run_without_a_mode_is_reported(run: Run) -> None:
    acted = replace(
        run, model="sync/react-1", sync_mode=None, choices={"emotion": "sad"}, expected_seconds=None
    )
    content = of_runs([acted])
    assert content.entries[0].name == f"sad · {run.id[:8]}"
    assert "sync/react-1" in render(content, Embedded(content))
    assert as_json(content)["runs"][0]["sync_modes"] == []
    assert b"sad" in junit(content)
