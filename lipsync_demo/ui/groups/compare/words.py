"""What a comparison of modes or models says."""

from __future__ import annotations

from lipsync_demo.languages import _, _n

NEEDED = _("Choose a video and a speech track first.")
EARLIER = _("Comparisons of this browser")
USE_MODE = _("Use this mode")
RETRY_PAID = _("Trying again starts a new task, which is billed.")
TWO = _("Any two of them, locked to one playhead")
TWO_HINT = _("A click on a picture above makes it A, the next one B.")
BLIND = _("Blind vote")
BLIND_HINT = _(
    "Two of the results at a time, in random order and without their names. Everybody who opens "
    "this comparison can vote; the tallies go into its report."
)
BEGIN = _("Vote blind")
WHICH = _("Which one is lip-synced better?")
A_BETTER = _("A is better")
B_BETTER = _("B is better")
NEITHER = _("No difference")
TAKE_BACK = _("Take the last vote back")
ALL_VOTED = _("You have voted on every pair.")
GONE = _("There is no such comparison here.")
GONE_HINT = _("It may have been removed from this server, or made on another one.")
UNMEASURED = _("being measured")


def plan(modes: int, runs: int) -> str:
    if runs == modes:
        return _(
            "{modes} modes, {runs} different results: {runs} runs of one upload.",
            modes=modes,
            runs=runs,
        )
    return _n(
        "{modes} modes give {count} different results for these lengths, so {count} run of one "
        "upload.",
        "{modes} modes give {count} different results for these lengths, so {count} runs of one "
        "upload.",
        runs,
        modes=modes,
    )


def same(modes: int) -> str:
    return "" if modes == 1 else _("same result, run once")


def recorded(day: str) -> str:
    return _("Recorded on {day} with the local engine: the sample in all five modes.", day=day)


COMPARE_OWN = _("“Compare all modes” in the studio does it with what is chosen there.")


def pair_of(number: int, count: int) -> str:
    return _("Pair {number} of {count}", number=number, count=count)


def votes(count: int) -> str:
    return _n("Tallies of {count} vote", "Tallies of {count} votes", count)


def as_side(letter: str) -> str:
    return _("Show this one as {letter} below", letter=letter)


def named_side(name: str, letter: str) -> str:
    return _("{name} as {letter}", name=name, letter=letter)


def title(names: str, done: int, count: int) -> str:
    return _("{names}: {done} of {count} done", names=names, done=done, count=count)


TOO_FEW = _("Choose two models or more.")
USE_MODEL = _("Use this model")
NEEDS_API = _(
    "The local engine answers for one model only. With a WaveSpeed key the newer ones can be "
    "compared with it."
)


def models_question(mode: str) -> str:
    return _(
        "What does another model do with this clip? Every model is one run, all in {mode}; "
        "the files are uploaded once.",
        mode=mode,
    )


def model_price(name: str, amount: str) -> str:
    return _("{name}: at least {amount}", name=name, amount=amount)


def model_unpriced(name: str) -> str:
    return _("{name}: the API has not said its price yet", name=name)


def models_total(amount: str, runs: int) -> str:
    return _(
        "Together at least {amount} for {runs} runs (the API's floor prices; the exact quotes "
        "follow the upload).",
        amount=amount,
        runs=runs,
    )


COMPARISON_ID = _("Comparison")
STAMP = _("Stamp")
