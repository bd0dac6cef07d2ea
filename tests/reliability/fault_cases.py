"""The cases of the fault matrix: which faults meet which run, each by a name."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from lipsync_demo.backend.faults.switches import FAULTS
from tests.reliability.proxy import Cut, Harm
from tests.reliability.worlds import HOSTINGS

ALWAYS = float("inf")
PAIRS = 40
LASTING = (
    Harm.REFUSED,
    Harm.DROPPED,
    Harm.RESET,
    Harm.ANSWER_STALLED,
    Harm.HEAD_CUT,
    Harm.BODY_CUT,
    Harm.BODY_RESET,
    Harm.DRIPPED,
)
"""Harms that also last until they are healed."""
ENDLESS = (Harm.STALLED, Harm.ANSWER_STALLED, Harm.DRIPPED)
"""Harms during which a person may lose patience."""
STAGES = {
    "hosted": ("ticket", "put", "price", "submit", "list", "poll", "bill", "output", "delete"),
    "local": ("ticket", "put", "submit", "poll", "output", "delete"),
    "signed": ("price", "submit", "poll", "output"),
    "link": ("source",),
}
"""What a run asks of its provider, by hosting."""
HELD = ("stuck-created", "stuck-processing")
"""Switches with which a task never ends."""


@dataclass(frozen=True)
class Case:
    """One run and its faults: harms at stages, or a switch of the local backend.

    A `stopped` run is stopped by a person as soon as its first harm is met.
    """

    hosting: str
    harms: tuple[tuple[str, Harm], ...] = ()
    switch: str = ""
    lasts: bool = False
    stopped: bool = False

    @property
    def name(self) -> str:
        faults = [f"{stage}:{harm.name.lower()}" for stage, harm in self.harms]
        return "/".join(
            [self.hosting, *faults, *([self.switch] if self.switch else []), self.times]
        )

    @property
    def times(self) -> str:
        return ("always" if self.lasts else "once") + ("/stopped" if self.stopped else "")

    @property
    def subject(self) -> str:
        """The row of the table that this case belongs to."""
        if self.stopped:
            return "stopped meanwhile"
        if self.switch:
            return f"switches, {FAULTS[self.switch].place.value}"
        return "two stages" if len({stage for stage, _ in self.harms}) > 1 else self.harms[0][0]

    @property
    def cuts(self) -> list[Cut]:
        """What the proxy does; what is looked up only after a lost answer loses it."""
        left = ALWAYS if self.lasts else 1
        made = [Cut(stage, harm, left) for stage, harm in self.harms]
        stages = {stage for stage, _ in self.harms}
        if "list" in stages and "submit" not in stages:
            made.append(Cut("submit", Harm.ANSWER_DROPPED))
        return made

    @property
    def switches(self) -> tuple[str, ...]:
        if not self.switch:
            return ()
        return (self.switch if self.lasts else f"{self.switch}:{self._count}",)

    @property
    def _count(self) -> str:
        return "1/1" if self.switch.startswith("account-limit") else "1"

    @property
    def needs_nobody(self) -> bool:
        """Whether the run is to end well by itself."""
        if self.switch or self.lasts or self.stopped:
            return False
        return all(harm.arrives for stage, harm in self.harms if stage == "submit")


def cases(seed: int) -> list[Case]:
    """All cases, in an order of the seed."""
    chosen = random.Random(seed)
    found = [case for case in _singles() if case.hosting in ("hosted", "link")]
    # What the other ways of hosting share with these is tried in a part of the cases.
    others = [case for case in _singles() if case.hosting not in ("hosted", "link")]
    found += chosen.sample(others, len(others) // 3)
    found += [*_pairs(chosen), *_switches()]
    stopped = list(_stopped())
    found += chosen.sample(stopped, len(stopped) // 2)
    chosen.shuffle(found)
    return found


def _singles() -> Iterator[Case]:
    for hosting in HOSTINGS:
        for stage, harm in product(STAGES[hosting], Harm):
            if _happens(stage, harm):
                yield Case(hosting, ((stage, harm),))
        for stage, harm in product(STAGES[hosting], LASTING):
            if hosting in ("hosted", "link"):
                yield Case(hosting, ((stage, harm),), lasts=True)


def _pairs(chosen: random.Random) -> Iterator[Case]:
    """Two harms in one run, at stages that follow each other."""
    for _ in range(PAIRS):
        hosting = chosen.choice(("hosted", "local"))
        stages = sorted(chosen.sample(STAGES[hosting], 2), key=STAGES[hosting].index)
        harms = [chosen.choice([one for one in Harm if _happens(stage, one)]) for stage in stages]
        yield Case(hosting, tuple(zip(stages, harms, strict=True)))


def _switches() -> Iterator[Case]:
    for switch in FAULTS:
        yield Case("hosted", switch=switch)
        yield Case("local", switch=switch, lasts=True)


def _stopped() -> Iterator[Case]:
    """Runs that a person stops, in the midst of a harm or of its cancelling."""
    for hosting, stages in STAGES.items():
        for stage, harm in product(stages, ENDLESS):
            if stage not in ("list", "bill", "delete"):
                yield Case(hosting, ((stage, harm),), lasts=True, stopped=True)
    for harm in Harm:
        yield Case("local", (("cancel", harm),), stopped=True)


def _happens(stage: str, harm: Harm) -> bool:
    """Whether a harm is another one at this stage: a GET has no body to be cut."""
    return harm not in (Harm.REQUEST_CUT, Harm.DEAF) or stage not in ("poll", "output", "source")
