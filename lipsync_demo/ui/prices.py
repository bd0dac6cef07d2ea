"""What runs will cost and how long the account's limit makes them take, before they are begun."""

from __future__ import annotations

from pydantic import SecretStr

from lipsync_demo import texts
from lipsync_demo.report import pacing
from lipsync_demo.report.words import about
from lipsync_demo.ui import header
from lipsync_demo.ui.ids import run_id
from lipsync_demo.ui.shared import Shared


def limit_words(shared: Shared, runs: int, key: SecretStr | None) -> str:
    """How long so many runs take because of the account's limit; empty where it is no matter."""
    backend = header.backend(shared.settings, key)
    return pacing.before(shared.service.outlook(runs, backend, key), runs)


def wait_words(shared: Shared, key: SecretStr | None) -> str:
    """How long the next run waits for the account's limit; empty when it does not."""
    outlook = shared.service.outlook(1, header.backend(shared.settings, key), key)
    return texts.Limits.ahead(about(outlook.wait)) if outlook else ""


def before(shared: Shared, runs: int, key: SecretStr | None, session: object = None) -> str:
    """The price of `runs` runs, and a limit that is reached already."""
    backend = header.backend(shared.settings, key)
    if backend == "local":
        return texts.Money.FREE
    money = shared.service.money
    price = money.floor(backend, key)
    words = (
        texts.Money.UNKNOWN
        if price is None
        else texts.Money.floor(f"{price.amount * runs} {price.currency}", runs)
    )
    own, limits = run_id(session), []
    if own is not None:
        limits.append((money.ledger.limit(own), money.ledger.spent(session=own)))
    if key is None:
        day = money.ledger.spent(key="environment")
        limits.append((money.server_limit, day))
    for limit, spent in limits:
        if limit is not None and price is not None and spent + price.amount * runs > limit:
            words += " " + texts.Money.reached(str(spent), str(limit))
    return words
