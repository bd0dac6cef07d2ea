"""Receivers of messages about ended runs, and the messages, sent or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Kind(str, Enum):
    """What a message is about: the end of a run, of a comparison or of a batch."""

    RUN = "run.ended"
    COMPARISON = "comparison.ended"
    BATCH = "batch.ended"

    def __str__(self) -> str:
        return self.value


class DeliveryState(str, Enum):
    """`waiting` for its run, or for the next attempt; `delivered`; `given_up` after the last."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Webhook:
    """A receiver: the kinds of messages it gets about what its owner begins."""

    id: str
    owner: str | None
    url: str
    kinds: tuple[Kind, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message to one receiver.

    Attributes:
        target: id of the run or group it is about.
        tries: number of attempts, including one that is under way.
        due_at: when the next attempt may be made.
        said: why the last attempt failed.
        body: what is sent, None before the first attempt.
    """

    id: str
    webhook: str
    kind: Kind
    target: str
    state: DeliveryState
    tries: int
    due_at: datetime
    created_at: datetime
    said: str | None = None
    body: str | None = None
