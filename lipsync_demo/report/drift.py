"""A server's conformance as JSON, JUnit XML and HTML."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

from markupsafe import Markup

from lipsync_demo import report
from lipsync_demo.conformance.models import Agreement, Conformance, ContractFinding
from lipsync_demo.report import words
from lipsync_demo.report.junit import whole
from lipsync_demo.templates import render

INKS = {
    Agreement.AGREES: "good",
    Agreement.DIFFERS: "bad-ink",
    Agreement.NOTED: "silent",
    Agreement.NOT_ASKED: "silent",
}
"""CSS class of each outcome."""


def as_json(found: Conformance) -> dict[str, Any]:
    """The conformance as JSON values; times are ISO 8601 in UTC, amounts are strings."""
    return {
        "server": found.server,
        "at": found.at.isoformat(timespec="seconds"),
        "agrees": found.agrees,
        "quoted": None if found.quoted is None else str(found.quoted),
        "counts": {o.value: len(found.with_outcome(o)) for o in Agreement},
        "findings": [
            {
                "check": finding.check,
                "about": finding.about,
                "documented": finding.documented,
                "observed": finding.observed,
                "outcome": finding.outcome.value,
                "since": finding.since.isoformat(timespec="seconds") if finding.since else None,
                "seconds": round(finding.seconds, 3),
            }
            for finding in found.findings
        ],
    }


def as_junit(found: Conformance) -> bytes:
    """One test case per check: a difference fails, an omitted check is skipped."""
    suite = Xml.Element("testsuite", name=words.DRIFT)
    suite.set("timestamp", found.at.replace(tzinfo=None).isoformat(timespec="seconds"))
    for finding in found.findings:
        group = f"{found.server} {finding.check.split('.')[0]}"
        case = Xml.SubElement(
            suite,
            "testcase",
            classname=group,
            name=f"{finding.check}: {finding.about}",
            time=f"{finding.seconds:.3f}",
        )
        text = told(finding)
        if finding.outcome is Agreement.DIFFERS:
            Xml.SubElement(case, "failure", message=text, type="drift")
        elif finding.outcome is Agreement.NOT_ASKED:
            Xml.SubElement(case, "skipped", message=finding.observed)
        elif finding.outcome is Agreement.NOTED:
            Xml.SubElement(case, "system-out").text = text
    return whole(words.DRIFT, [suite])


def as_page(found: Conformance) -> Markup:
    """The drift table as an HTML page, differences first."""
    ordered = sorted(found.findings, key=lambda f: f.outcome is not Agreement.DIFFERS)
    return render(
        "report/drift.html",
        found=found,
        words=words,
        findings=ordered,
        inks=INKS,
        style=report.style(),
        counts=words.drift_counts(*found.counts),
        day=f"{found.at:%d %B %Y, %H:%M} UTC",
    )


def told(finding: ContractFinding) -> str:
    """A finding in one sentence."""
    since = f"{finding.since:%Y-%m-%d}" if finding.since else ""
    return words.drift_told(finding.documented, finding.observed, since)
