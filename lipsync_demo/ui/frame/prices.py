"""Price and delay of runs before they start."""

from __future__ import annotations

from decimal import Decimal

from pydantic import SecretStr

from lipsync_demo.markup import rate_limit
from lipsync_demo.markup.figures import about
from lipsync_demo.runs.steps.parameters import api_only
from lipsync_demo.runs.storage.ownership import is_operator
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
        return words.FREE if wanted.local else api_only(wanted.id).what
    price = shared.workspace.prices.floor(backend, key, wanted.id)
    text = (
        words.PRICE_UNKNOWN
        if price is None
        else words.floor(f"{price.amount * runs} {price.currency}", runs)
    )
    return text + limits_reached(shared, price.amount * runs if price else None, key, session)


def limits_reached(
    shared: Shared, amount: Decimal | None, key: SecretStr | None, session: object
) -> str:
    """The spend limits that an amount would exceed; empty if none or unknown.

    What others have spent with the environment's key is told to the operator only.
    """
    ledger, text = shared.workspace.ledger, ""
    own, limits = run_id(session), []
    if own is not None:
        limits.append((ledger.limit(own), ledger.spent(session=own), True))
    if key is None:
        day = ledger.spent(key="environment")
        limits.append((shared.settings.spend_limit, day, is_operator()))
    for limit, spent, told in limits:
        if limit is not None and amount is not None and spent + amount > limit:
            said = words.limit_reached(str(spent), str(limit)) if told else words.DAY_SPENT
            text += f" {said}"
    return text
