"""Asked before a run begins: whether this visitor may start one now, and who pays for it.

Here alone the rates, the shares of a day's spending and the limits of access codes are put
together; whoever starts a run asks, and whoever shows a button asks what would be said.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from lipsync_demo.access import words as access_words
from lipsync_demo.access.asker import Asker, asker
from lipsync_demo.access.codes import AccessCode, AccessCodes
from lipsync_demo.access.errors import NoRoom, TooMany
from lipsync_demo.access.rates import Act
from lipsync_demo.access.room import Room
from lipsync_demo.access.tokens import OWNER, ApiToken, ApiTokens
from lipsync_demo.runs.record.clock import seconds_until
from lipsync_demo.runs.record.errors import LimitReached
from lipsync_demo.runs.record.folder import is_url
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.record.share import Reached, Request, Share
from lipsync_demo.runs.steps import words
from lipsync_demo.runs.steps.prices import FREE, Prices
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.settings import BackendName, Settings

PRICE_TIMEOUT = 1.5
"""Seconds that the first run waits for its model's price."""

ADDRESS_SHARES = 2
"""Everybody at one address may spend so many visitors' shares."""


class Admission:
    """The limits of one workspace.

    Attributes:
        rates: how often each visitor may do what.
        codes: the access codes.
        tokens: the API tokens.
        room: whether there is room for more files.
    """

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        prices: Prices,
        codes: AccessCodes,
        tokens: ApiTokens,
        room: Room,
    ) -> None:
        self.rates = prices.rates
        self.codes = codes
        self.tokens = tokens
        self.room = room
        self._settings = settings
        self._ledger = ledger
        self._prices = prices

    def admit(self, run: Run) -> None:
        """Count a run of the visitor who asks, before anything of it is copied or sent.

        Raises:
            LimitReached: it would exceed a rate or a spend limit, its access code or API token is
                gone, or there is no room for its files.
        """
        self.keep_room(run.video_source, run.audio_source)
        self.count("runs")
        by = asker() or self._ledger.asked_by(run)
        if run.key == FREE and by.code is None:
            return
        share = self.share(by)
        least = self._least(run.backend, run.model, run.key == "visitor", PRICE_TIMEOUT)
        reached = self._ledger.admit(run, least, self._settings.day_limit, share)
        if reached is not None:
            raise refusal(reached)

    def keep_room(self, *sources: str) -> None:
        """Check that there is room for runs of the visitor who asks with these inputs.

        Raises:
            LimitReached: there is none.
        """
        if asker() is None:
            return
        size = sum(map(_size, sources))
        try:
            # Copies of the inputs, and an output that is as large.
            self.room.check(size * 2, len(sources))
        except NoRoom as error:
            raise LimitReached(error.what, error.hint) from None

    def count(self, act: Act) -> None:
        """Count an act of the visitor who asks.

        Raises:
            LimitReached: it was done too often.
        """
        try:
            self.rates.take(act)
        except TooMany as error:
            raise LimitReached(error.what, error.hint, error.ends) from None

    def share(self, by: Asker) -> Share:
        """What somebody may take.

        Raises:
            LimitReached: their access code or API token is gone.
        """
        limit = self._settings.visitor_limit
        known = self._entered_with(by.code) if by.code is not None else None
        return Share(
            by=by,
            visitor=limit,
            address=None if limit is None else limit * ADDRESS_SHARES,
            code_spend=known.spend if known else None,
            code_runs=known.runs if known else None,
        )

    def _entered_with(self, name: str) -> AccessCode | ApiToken | None:
        """The code or token of this name; None for a user of Hugging Face.

        Raises:
            LimitReached: it is gone.
        """
        if name.startswith(OWNER):
            found: AccessCode | ApiToken | None = self.tokens.owner(name)
        elif self.codes.required and not name.startswith("hf:"):
            found = self.codes.named(name)
        else:
            return None
        if found is None:
            raise LimitReached(words.CODE_GONE, words.CODE_ASK)
        return found

    def obstacle(
        self,
        backend: BackendName,
        *,
        own_key: bool,
        session: str | None,
        model: str,
        amount: Decimal | None = None,
    ) -> LimitReached | None:
        """What `admit` would say to the visitor who asks; None if a run may start.

        `amount` is what the runs cost in US dollars, by default what one costs at least.
        """
        full = self.room.refusal()
        if full is not None:
            return LimitReached(full.what, full.hint)
        late = self.rates.refusal("runs")
        if late is not None:
            return LimitReached(late.what, late.hint, late.ends)
        try:
            share = self.share(asker() or Asker())
        except LimitReached as error:
            return error
        key = FREE if backend == FREE else "visitor" if own_key else "environment"
        least = self._least(backend, model, own_key) if amount is None else amount
        request = Request(key, session, least)
        if backend == FREE and share.code_runs is None:
            return None
        reached = self._ledger.reached(request, self._settings.day_limit, share)
        return refusal(reached) if reached else None

    def _least(
        self, backend: BackendName, model: str, own_key: bool, timeout: float = 0.0
    ) -> Decimal | None:
        """What a run costs at least, in US dollars; None if unknown after `timeout` seconds."""
        limits = self._settings.day_limit, self._settings.visitor_limit
        if backend == FREE:
            return Decimal(0)
        if own_key or limits == (None, None):
            return None
        price = self._prices.floors(backend, None, [model], timeout)[model]
        return price.amount if price else None


def _size(source: str) -> int:
    """Bytes of an input; 0 for a link, whose size is not known yet."""
    if is_url(source):
        return 0
    try:
        return Path(source).stat().st_size
    except (OSError, ValueError):  # the run's first step reports it
        return 0


def refusal(reached: Reached) -> LimitReached:
    """A reached limit as the error that is shown; nobody else's spending is told."""
    hint = words.REACHED_HINT[reached.whose]
    if reached.whose == "session":
        return LimitReached(words.session_reached(reached.spent, reached.limit), hint)
    if reached.free_at is not None:
        when = access_words.when(seconds_until(reached.free_at), reached.free_at)
        hint = words.day_goes_on(when)
    return LimitReached(words.REACHED[reached.whose], hint, reached.free_at)
