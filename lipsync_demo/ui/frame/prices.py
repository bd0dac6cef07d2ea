"""Price and delay of runs before they start."""

from __future__ import annotations

from decimal import Decimal

from pydantic import SecretStr

from lipsync_demo.languages import joined
from lipsync_demo.markup import rate_limit
from lipsync_demo.markup.figures import about
from lipsync_demo.runs.steps.parameters import api_only
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.ui.frame import header, models, words
from lipsync_demo.ui.frame.context import Shared
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.wavespeed.model_catalogue import Model

PRICE_TIMEOUT = 1.5
"""Seconds that a change of model or key waits for the price."""


def ask(shared: Shared, key: SecretStr | None, model: Model, session: object) -> None:
    """Wait up to `PRICE_TIMEOUT` for the model's price before it is shown."""
    if shared.recorded_only(session):
        return
    backend = header.backend(shared.settings, key)
    shared.workspace.prices.floors(backend, key, [model.id], PRICE_TIMEOUT)


def limit_words(shared: Shared, runs: int, key: SecretStr | None, session: object = None) -> str:
    """How long `runs` runs take under the account's rate limit; empty without a delay."""
    if shared.recorded_only(session):
        return ""
    backend = header.backend(shared.settings, key)
    return rate_limit.before(shared.workspace.forecast.outlook(runs, backend, key), runs)


def wait_words(shared: Shared, key: SecretStr | None) -> str:
    """How long the next run waits for the account's rate limit; empty without a wait."""
    outlook = shared.workspace.forecast.outlook(1, header.backend(shared.settings, key), key)
    return words.limit_wait(about(outlook.wait)) if outlook else ""


def before(
    shared: Shared,
    runs: int,
    key: SecretStr | None,
    session: object = None,
    model: object = MODEL_ID,
) -> str:
    """The price of `runs` runs of a model, and the spend limits they would exceed.

    Empty for a session that sees recorded results only: it pays nothing, and asks for nothing.
    """
    if shared.recorded_only(session):
        return ""
    backend, wanted = header.backend(shared.settings, key), models.chosen(model)
    if backend == "local":
        reached = limits_reached(shared, None, key, session, wanted.id)
        return words.FREE + reached if wanted.local else api_only(wanted.id).what
    price = shared.workspace.prices.floor(backend, key, wanted.id)
    text = (
        words.PRICE_UNKNOWN
        if price is None
        else words.floor(f"{price.amount * runs} {price.currency}", runs)
    )
    amount = price.amount * runs if price else None
    return text + limits_reached(shared, amount, key, session, wanted.id)


def limits_reached(
    shared: Shared,
    amount: Decimal | None,
    key: SecretStr | None,
    session: object,
    model: str = MODEL_ID,
) -> str:
    """The limit that runs for an amount would exceed, and when it ends; empty without one."""
    reached = shared.workspace.admission.obstacle(
        header.backend(shared.settings, key),
        own_key=key is not None,
        session=run_id(session),
        model=model,
        amount=amount,
    )
    return joined(" ", ("", reached.what, reached.hint)) if reached else ""
