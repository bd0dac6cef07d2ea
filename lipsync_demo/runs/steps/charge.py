"""The cost of a run's request: reserved before it is sent, settled when the task has ended."""

from __future__ import annotations

import logging
from decimal import Decimal

from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.steps import words
from lipsync_demo.runs.steps.admission import refusal
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.runs.steps.prices import FREE, quote
from lipsync_demo.wavespeed.calls.billing import Bill, bill
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import WaveSpeedError

logger = logging.getLogger(__name__)


def reserve(claim: Claim) -> None:
    """Get a quote for the run's request and reserve its amount, before the request is sent.

    Raises:
        RateLimited: there is a spend limit, and the API's rate limit prevents a quote for now.
        RunRefused: it would exceed a spend limit, or there is one and the API gives no quote.
    """
    run = claim.run
    if run.backend == FREE or run.request is None:
        return
    client = claim.client()
    limited = _limited(claim)
    asked = quote(client, run, needed=limited)
    if asked is None and limited:
        raise RunRefused(
            "The API does not say what this run costs, and there is a spend limit.",
            "Nothing was sent. Resume the run later, or lift the limit.",
        )
    claim.write(quote=asked, charge=None)
    share = claim.admission.share(claim.ledger.asked_by(run))
    reached = claim.ledger.reserve(claim.run, _balance(client), claim.settings.day_limit, share)
    if reached is None or asked is None:
        return
    if reached.whose != "session" and not (reached.whose == "server" and claim.settings.private):
        raise refusal(reached)
    whose = words.SERVERS_DAY if reached.whose == "server" else "this session's"
    raise RunRefused(
        f"This run would cost {asked.amount} {asked.currency}, and {reached.spent} of "
        f"{whose} limit of {reached.limit} are spent.",
        "Nothing was sent and nothing is billed. Raise the limit and resume the run."
        if reached.whose == "session"
        else "Nothing was sent and nothing is billed. Resume the run tomorrow, or use a key "
        "of your own.",
    )


def settle(claim: Claim, state: LineState) -> None:
    """Settle the run's line in the ledger; record its actual charge if the API reveals it."""
    run = claim.run
    if run.backend == FREE or run.submits == 0:
        return
    found, balance = None, None
    if state is not LineState.RELEASED:
        found = _bill(claim.client(), run)
    if state is LineState.SPENT and found is None:
        balance = _balance(claim.client())
    charge = claim.ledger.settle(run, state, bill=found, balance=balance)
    if charge is not None:
        claim.write(charge=charge)


def _limited(claim: Claim) -> bool:
    """Whether a spend limit applies to the run, so that its price must be known."""
    settings = claim.settings
    limits = settings.day_limit, settings.visitor_limit
    server = claim.run.key == "environment" and limits != (None, None)
    return server or claim.ledger.limit(claim.run.session) is not None


def _bill(client: WaveSpeedClient, run: Run) -> Bill | None:
    """The bill of the run's task; None if there is none yet."""
    if run.prediction_id is None:
        return None
    try:
        # No retry: it would delay the result, and a later job asks for open bills again.
        items = client.billings([run.prediction_id], retry=False)
    except WaveSpeedError as error:
        logger.info("Run %s: the bill is unknown: %s", run.id, error.what)
        return None
    told = run.quote
    return bill(
        items,
        run.prediction_id,
        told.amount if told else None,
        floor=bool(told and told.floor),
    )


def _balance(client: WaveSpeedClient) -> Decimal | None:
    try:
        return client.balance()
    except WaveSpeedError as error:
        logger.warning("The balance is unknown: %s", error.what)
        return None
