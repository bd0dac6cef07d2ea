"""What runs cost: asked before they are sent, kept within limits, written down.

Every price comes from the API. Asked with media that it cannot read it gives the model's
lowest price, the floor; the exact quote follows once the media are uploaded.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import SecretStr

from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import Quote, Run
from lipsync_demo.runs.steps.parameters import choices_of
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.settings import MODEL_ID, BackendName, Settings
from lipsync_demo.wavespeed.calls.billing import Bill, bill
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import RateLimited, WaveSpeedError
from lipsync_demo.wavespeed.models import Price, decimal

if TYPE_CHECKING:
    from lipsync_demo.runs.steps.claim import Turn

NOT_MEDIA = "https://example.com/none"
"""Media the API cannot read: asked about them, it gives the floor."""
FLOOR_SECONDS = 600.0
FLOORS_PATIENCE = 3.0
"""Seconds somebody waits for prices that were not asked before."""
FLOORS_LOOK = 0.05
FREE = "local"
MOST = Decimal(100_000)
"""The largest limit a person can mean, in US dollars."""

logger = logging.getLogger(__name__)


class Money:
    """Quotes, limits and ledger of one run service; keys are held in memory only."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self.ledger = ledger
        self._settings = settings
        self._salt = secrets.token_bytes(16)
        self._floors: dict[tuple[str, str], tuple[float, Price | None]] = {}
        self._asking: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    @property
    def server_limit(self) -> Decimal | None:
        """What the environment's key may spend in 24 hours; None without a limit."""
        return self._settings.spend_limit

    def floor(
        self, backend: BackendName, api_key: SecretStr | None, model: str = MODEL_ID
    ) -> Price | None:
        """The lowest price of a model's run, asked in the background; None until it is known."""
        key = api_key or self._settings.api_key
        if backend == FREE or key is None:
            return None
        name = hashlib.sha256(self._salt + key.get_secret_value().encode()).hexdigest(), model
        with self._lock:
            at, price = self._floors.get(name, (-FLOOR_SECONDS, None))
            if time.monotonic() - at >= FLOOR_SECONDS and name not in self._asking:
                self._asking.add(name)
                threading.Thread(
                    target=self._ask_floor, args=(name, key), name="floor", daemon=True
                ).start()
            return price

    def floors(
        self,
        backend: BackendName,
        api_key: SecretStr | None,
        models: Sequence[str],
        patience: float = FLOORS_PATIENCE,
    ) -> dict[str, Price | None]:
        """The lowest price by model; what the API does not say within seconds stays None."""
        deadline = time.monotonic() + patience
        while True:
            known = {model: self.floor(backend, api_key, model) for model in models}
            with self._lock:
                asking = bool(self._asking)
            if not asking or all(known.values()) or time.monotonic() > deadline:
                return known
            time.sleep(FLOORS_LOOK)

    def balance(self, backend: BackendName, api_key: SecretStr | None) -> Decimal | None:
        """The account's credit in US dollars; None where there is no account.

        Raises:
            WaveSpeedError: the API does not say.
        """
        key = api_key or self._settings.api_key
        if backend == FREE or key is None:
            return None
        return WaveSpeedClient(key, self._settings.base_url).balance()

    def reserve(self, turn: Turn) -> None:
        """Ask what the run's request costs and set that aside, before the request is sent.

        Raises:
            RateLimited: there is a limit, and nobody knows just now.
            RunRefused: it would go beyond a limit, or nobody knows while there is one.
        """
        run = turn.run
        if run.backend == FREE or run.request is None:
            return
        client = turn.client()
        limited = self._limited(run)
        quote = self._quote(client, run, limited)
        if quote is None and limited:
            raise RunRefused(
                "The API does not say what this run costs, and there is a spend limit.",
                "Nothing was sent. Resume the run later, or lift the limit.",
            )
        turn.write(quote=quote, charge=None)
        reached = self.ledger.reserve(turn.run, _balance(client), self.server_limit)
        if reached is None or quote is None:
            return
        whose = "this server's for 24 hours" if reached.whose == "server" else "this session's"
        raise RunRefused(
            f"This run would cost {quote.amount} {quote.currency}, and {reached.spent} of "
            f"{whose} limit of {reached.limit} are spent.",
            "Nothing was sent and nothing is billed. Raise the limit and resume the run."
            if reached.whose == "session"
            else "Nothing was sent and nothing is billed. Resume the run tomorrow, or use a key "
            "of your own.",
        )

    def settle(self, turn: Turn, state: LineState) -> None:
        """Say how the run's request ended; what it really cost is noted where it is knowable."""
        run = turn.run
        if run.backend == FREE or run.submits == 0:
            return
        found, balance = None, None
        if state is not LineState.RELEASED:
            found = _bill(turn.client(), run)
        if state is LineState.SPENT and found is None:
            balance = _balance(turn.client())
        charge = self.ledger.settle(run, state, bill=found, balance=balance)
        if charge is not None:
            turn.write(charge=charge)

    def _limited(self, run: Run) -> bool:
        server = self.server_limit is not None and run.key == "environment"
        return server or self.ledger.limit(run.session) is not None

    def _quote(self, client: WaveSpeedClient, run: Run, needed: bool) -> Quote | None:
        assert run.request is not None  # noqa: S101
        try:
            asked, choices = run.request, choices_of(run.request)
            price = client.price(asked["video"], asked["audio"], model=run.model, choices=choices)
            floor = client.price(NOT_MEDIA, NOT_MEDIA, model=run.model, choices=choices)
        except WaveSpeedError as error:
            if needed and isinstance(error, RateLimited):
                raise
            logger.warning("Run %s: no quote: %s", run.id, error.what)
            return None
        return Quote(price.amount, price.currency, price.amount <= floor.amount, now())

    def _ask_floor(self, name: tuple[str, str], key: SecretStr) -> None:
        price = None
        try:
            client = WaveSpeedClient(key, self._settings.base_url)
            price = client.price(NOT_MEDIA, NOT_MEDIA, model=name[1])
        except WaveSpeedError as error:
            logger.warning("The floor price is not known: %s", error.what)
        finally:
            with self._lock:
                self._floors[name] = time.monotonic(), price
                self._asking.discard(name)


def amount(typed: str) -> Decimal | None:
    """The limit a person typed, with a point or a comma; None when it is no amount."""
    number = decimal(typed.replace(",", "."))
    return number if number is not None and 0 <= number <= MOST else None


def _bill(client: WaveSpeedClient, run: Run) -> Bill | None:
    """The bill of the run's task, as far as there is one yet."""
    if run.prediction_id is None:
        return None
    try:
        # Not repeated: whoever waits for the result would wait for it, and it is asked for again.
        items = client.billings([run.prediction_id], retry=False)
    except WaveSpeedError as error:
        logger.info("Run %s: the bill is not known: %s", run.id, error.what)
        return None
    quote = run.quote
    return bill(
        items,
        run.prediction_id,
        quote.amount if quote else None,
        floor=bool(quote and quote.floor),
    )


def _balance(client: WaveSpeedClient) -> Decimal | None:
    try:
        return client.balance()
    except WaveSpeedError as error:
        logger.warning("The balance is not known: %s", error.what)
        return None
