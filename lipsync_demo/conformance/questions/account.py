"""Free questions about the key, the account and the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lipsync_demo.conformance.models import Seen
from lipsync_demo.conformance.questions import words
from lipsync_demo.conformance.questions.reading import Table, held, kind, number, refused
from lipsync_demo.conformance.server import UNKNOWN_TASK, UNREACHABLE, Subject
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.calls.billing import PATH as BILLS
from lipsync_demo.wavespeed.raw_requests import Key

BALANCE = "/api/v3/balance"
"""Path of the account's balance."""

PRICE = "/api/v3/model/price"
"""Path of quotes."""

PAGE = {"page": 1, "page_size": 2}
"""Request for the first page of a list, two entries long."""

ACCOUNT = Table()


@ACCOUNT("key.none", "a request without a key", "401")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("GET", BALANCE, key=Key.NONE), 401)


@ACCOUNT("key.wrong", "a request with a wrong key", "401")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("GET", BALANCE, key=Key.WRONG), 401)


@ACCOUNT("key.header", "the key in X-API-Key", "401")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("GET", BALANCE, key=Key.OTHER_HEADER), 401)


@ACCOUNT("balance", "the account's balance", "200, a number")
def _(s: Subject) -> Seen:
    return held(s.wire.ask("GET", BALANCE), lambda data: number(data, "balance"), "200, a number")


@ACCOUNT("price", "a quote for media it cannot read", "200, a number: the lowest price")
def _(s: Subject) -> Seen:
    inputs = {**UNREACHABLE, "sync_mode": DEFAULT_SYNC_MODE.value}
    reply = s.wire.ask("POST", PRICE, {"model_id": MODEL_ID, "inputs": inputs})
    return held(reply, lambda d: number(d, "price"), words.LOWEST_PRICE)


@ACCOUNT("price.enum", "a quote for an unknown sync_mode", "400, says “sync_mode”")
def _(s: Subject) -> Seen:
    inputs = {**UNREACHABLE, "sync_mode": "sideways"}
    reply = s.wire.ask("POST", PRICE, {"model_id": MODEL_ID, "inputs": inputs})
    return refused(reply, 400, says="sync_mode")


@ACCOUNT("price.older", "the older route for a quote", "200, unit_price is a number")
def _(s: Subject) -> Seen:
    reply = s.wire.ask("POST", "/api/v3/model/pricing", {"model_id": MODEL_ID})
    told = words.UNIT_PRICE
    return held(reply, lambda data: number(data, "unit_price"), told)


@ACCOUNT("models", "the model's entry in the list of models", "its schema as the client sends it")
def _(s: Subject) -> Seen:
    reply = s.wire.ask("GET", "/api/v3/models")
    return held(reply, _schema, words.SCHEMA_AS_SENT)


@ACCOUNT("webhook.secret", "the secret that signs webhooks", "200, begins with whsec_")
def _(s: Subject) -> Seen:
    def begins(data: Any) -> Iterator[str]:
        secret = data.get("secret") if isinstance(data, dict) else None
        if not isinstance(secret, str) or not secret.startswith("whsec_"):
            yield words.NOT_WHSEC

    return held(s.wire.ask("GET", "/api/v3/webhook/secret"), begins, words.WHSEC)


@ACCOUNT("bill", "the account's bill", "200, a page of items")
def _(s: Subject) -> Seen:
    reply = s.wire.ask("POST", BILLS, {**PAGE, "prediction_uuids": [UNKNOWN_TASK]})
    return held(reply, _page, words.PAGE_OF_ITEMS)


@ACCOUNT("bill.page", "the bill without a page", "400")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("POST", BILLS, {}), 400)


def _page(data: Any) -> Iterable[str]:
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        yield words.items_no_list(kind(items))


def _schema(data: Any) -> Iterator[str]:
    entries = data if isinstance(data, list) else (data or {}).get("items", [])
    entry = next((e for e in entries if isinstance(e, dict) and e.get("model_id") == MODEL_ID), {})
    if not entry:
        yield words.MODEL_NOT_LISTED
        return
    yield from number(entry, "base_price")
    schemas = (entry.get("api_schema") or {}).get("api_schemas") or [{}]
    run: dict[str, Any] = next((s for s in schemas if s.get("type") == "model_run"), {})
    if run.get("api_path") != f"/api/v3/{MODEL_ID}":
        yield words.OTHER_API_PATH
    schema = run.get("request_schema") or {}
    if sorted(schema.get("required") or []) != ["audio", "video"]:
        yield words.OTHER_FIELDS_REQUIRED
    fields = schema.get("properties") or {}
    if extra := sorted(set(fields) - {"video", "audio", "sync_mode"}):
        yield words.more_fields(", ".join(extra))
    mode = fields.get("sync_mode") or {}
    if set(mode.get("enum") or []) != {m.value for m in SyncMode}:
        yield words.sync_mode_takes(", ".join(map(str, mode.get("enum") or ["anything"])))
    if mode.get("default") != DEFAULT_SYNC_MODE.value:
        yield words.sync_mode_default(mode.get("default"))
