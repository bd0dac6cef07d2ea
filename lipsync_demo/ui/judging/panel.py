"""The panel as markup."""

from __future__ import annotations

from fractions import Fraction

from markupsafe import Markup

from lipsync_demo.markup import words as markup_words
from lipsync_demo.markup.figures import seconds
from lipsync_demo.runs.record.review import HEADINGS, Review, Verdict
from lipsync_demo.runs.record.run import Run
from lipsync_demo.templates import render
from lipsync_demo.ui.judging import words

VERDICTS = (
    (Verdict.PASS.value, words.PASS, "good"),
    (Verdict.FAIL.value, words.FAIL, "bad-ink"),
)
"""Value, name and CSS class of each verdict."""


def panel(run: Run, newer: str, older: str, answer: int = 0) -> Markup:
    """The panel of a finished run; `newer` and `older` are the ids of the runs beside it.

    `answer` is the number of the request it answers, 0 if nobody asked.
    """
    review = run.review or Review()
    return render(
        "ui/judging/panel.html",
        words=words,
        run=run,
        review=review,
        verdicts=VERDICTS,
        newer=newer,
        older=older,
        answer=answer,
        count=words.said(len(review.headings) + len(review.pins)),
        headings=[
            (name, markup_words.HEADING_MEANS[name], review.headings.get(name)) for name in HEADINGS
        ],
        pins=[
            (pin, markup_words.frame_at(seconds(Fraction(pin.seconds)), pin.frame))
            for pin in review.pins
        ],
    )
