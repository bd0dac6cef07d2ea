"""Prices before a request is sent: a model's minimum price, the exact quote, the balance.

Every price comes from the API.  For media it cannot read it quotes the model's minimum price,
the floor; the exact quote follows once the media are uploaded.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections.abc import Sequence
from decimal import Decimal

from pydantic import SecretStr

from lipsync_demo.access.rates import Rates
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.cost import Quote
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.steps.parameters import choices_of
from lipsync_demo.settings import MODEL_ID, BackendName, Settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import RateLimited, WaveSpeedError
from lipsync_demo.wavespeed.schema import Price, decimal

NOT_MEDIA = "https://example.com/none"
"""URL of media the API cannot read, for which it quotes the floor."""

FLOOR_SECONDS = 600.0
"""Seconds for which a floor price is cached."""

FLOORS_TIMEOUT = 3.0
"""Seconds to wait for floor prices that are not cached."""

FLOORS_POLL = 0.05
"""Seconds between checks for those prices."""

CHECK_SECONDS = 8.0
"""Time limit in seconds of the request that checks a key."""

FREE = "local"
"""The backend that charges nothing."""

MAX_LIMIT = Decimal(100_000)
"""The largest spend limit that is accepted, in US dollars."""

logger = logging.getLogger(__name__)


class Prices:
    """Floor prices and balances; keys are held in memory only, floors cached by their hash.

    Attributes:
        rates: how often each visitor may have a key checked.
    """

    def __init__(self, settings: Settings, rates: Rates) -> None:
        self._settings = settings
        self.rates = rates
        self._salt = secrets.token_bytes(16)
        self._floors: dict[tuple[str, str], tuple[float, Price | None]] = {}
        self._asking: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def floor(
        self, backend: BackendName, api_key: SecretStr | None, model: str = MODEL_ID
    ) -> Price | None:
        """The floor price of a model, requested in a background thread; None until it is known."""
        key = api_key or self._settings.api_key
        if backend == FREE or key is None or self._settings.demo_mode:
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
        timeout: float = FLOORS_TIMEOUT,
    ) -> dict[str, Price | None]:
        """The floor price of each model; None for those not known within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            known = {model: self.floor(backend, api_key, model) for model in models}
            with self._lock:
                asking = bool(self._asking)
            if not asking or all(known.values()) or time.monotonic() > deadline:
                return known
            time.sleep(FLOORS_POLL)

    def balance(self, backend: BackendName, api_key: SecretStr | None) -> Decimal | None:
        """The account's credit in US dollars; None without an account.

        Raises:
            WaveSpeedError: the API does not give it.
        """
        key = api_key or self._settings.api_key
        if backend == FREE or key is None or self._settings.demo_mode:
            return None
        return WaveSpeedClient(key, self._settings.base_url).balance()

    def check_key(self, api_key: SecretStr) -> None:
        """Check that the API accepts a key, by asking for its balance.

        Raises:
            TooMany: the visitor has tried too many in a short time.
            BadKey: it does not.
            WaveSpeedError: the API could not be asked.
        """
        self.rates.take("keys")
        client = WaveSpeedClient(api_key, self._settings.base_url)
        client.balance(retry=False, seconds=CHECK_SECONDS)

    def _ask_floor(self, name: tuple[str, str], key: SecretStr) -> None:
        price = None
        try:
            client = WaveSpeedClient(key, self._settings.base_url)
            price = client.price(NOT_MEDIA, NOT_MEDIA, model=name[1])
        except WaveSpeedError as error:
            logger.warning("The floor price is unknown: %s", error.what)
        finally:
            with self._lock:
                self._floors[name] = time.monotonic(), price
                self._asking.discard(name)


def amount(typed: str) -> Decimal | None:
    """Parse an amount with a decimal point or comma; None if it is no valid limit."""
    number = decimal(typed.replace(",", "."))
    return number if number is not None and 0 <= number <= MAX_LIMIT else None


def quote(client: WaveSpeedClient, run: Run, needed: bool) -> Quote | None:
    """Quote for the request of `run`; None if the API gives none.

    Raises:
        RateLimited: the price is `needed`, and the account's rate limit is reached.
    """
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
