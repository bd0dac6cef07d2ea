"""A report as JUnit XML for build servers.

One test suite per run, one test case per check: a failed check fails, a warning is written to the
output, an unknown outcome is skipped, and a run without a result is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as Xml

from lipsync_demo.qa.models import Outcome
from lipsync_demo.report import words
from lipsync_demo.report.content import Content, Entry
from lipsync_demo.runs.record.review import Verdict
from lipsync_demo.runs.record.run import RunState

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow (its production 2)."""

COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
"""Counting attributes of a suite, and the tags they count."""


def junit(content: Content) -> bytes:
    """The report as UTF-8 XML."""
    return whole(content.title, [_suite(entry) for entry in content.entries])


def whole(title: str, found: Iterable[Xml.Element]) -> bytes:
    """The test suites as UTF-8 XML with their counts."""
    suites = Xml.Element("testsuites", name=title)
    suites.extend(found)
    for counted in (*suites, suites):
        for name, tag in COUNTED.items():
            counted.set(name, str(len(counted.findall(f".//{tag}"))))
    for element in suites.iter():
        element.text = element.text and _NO_XML.sub("\N{REPLACEMENT CHARACTER}", element.text)
        for name, value in element.items():
            element.set(name, _NO_XML.sub("\N{REPLACEMENT CHARACTER}", value))
    Xml.indent(suites)
    return bytes(Xml.tostring(suites, encoding="utf-8", xml_declaration=True))


def _suite(entry: Entry) -> Xml.Element:
    run = entry.run
    suite = Xml.Element("testsuite", name=entry.name)
    suite.set("timestamp", run.created_at.replace(tzinfo=None).isoformat(timespec="seconds"))
    suite.set("time", f"{run.timings.get('total', 0.0):.3f}")
    _case(suite, entry, "result", run.timings.get("total", 0.0))
    if run.state is not RunState.DONE:
        what = str(run.error) if run.error else words.state_of(str(run.state))
        Xml.SubElement(suite[-1], "error", message=what, type=run.state.value)
    for check in entry.measures.checks if entry.measures else ():
        case = _case(suite, entry, check.name)
        text = f"{check.title}: {check.value} (allowed {check.band}). {check.sentence}"
        if check.outcome is Outcome.FAIL:
            Xml.SubElement(case, "failure", message=text, type="check")
        elif check.outcome is Outcome.UNKNOWN:
            Xml.SubElement(case, "skipped", message=check.sentence)
        elif check.outcome is Outcome.WARN:
            Xml.SubElement(case, "system-out").text = text
    if run.review is not None and run.review.verdict is not None:
        case = _case(suite, entry, "verdict")
        if run.review.verdict is Verdict.FAIL:
            failed = [n for n, v in run.review.headings.items() if v is Verdict.FAIL]
            text = ", ".join(failed) or run.review.note or "failed"
            Xml.SubElement(case, "failure", message=text, type="verdict")
    return suite


def _case(suite: Xml.Element, entry: Entry, name: str, time: float = 0.0) -> Xml.Element:
    return Xml.SubElement(suite, "testcase", classname=entry.name, name=name, time=f"{time:.3f}")
