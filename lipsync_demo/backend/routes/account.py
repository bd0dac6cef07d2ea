"""Endpoints of the account and the model: balance, price, description.

The local backend is free: its price and balance are zero.
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from lipsync_demo.backend.http.bodies import PriceBody
from lipsync_demo.backend.http.envelopes import ApiError, ok
from lipsync_demo.backend.http.model_card import model_card
from lipsync_demo.backend.services import BaseUrl
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode
from lipsync_demo.settings import MODEL_ID

router = APIRouter(prefix="/api/v3", redirect_slashes=False)
_MODES = [mode.value for mode in SyncMode]


@router.get("/balance")
def balance() -> JSONResponse:
    return ok({"balance": 0, "currency": "USD"})


@router.post("/model/price")
def price(body: PriceBody) -> JSONResponse:
    _check(body)
    return ok({"model_id": MODEL_ID, "price": 0, "discounted_price": 0, "currency": "USD"})


@router.post("/model/pricing")
def pricing(body: PriceBody) -> JSONResponse:
    """The older price endpoint, which the provider's desktop app and CLI still use."""
    _check(body)
    return ok({"model_id": MODEL_ID, "unit_price": 0, "currency": "USD"})


def _check(body: PriceBody) -> None:
    if body.model_id != MODEL_ID:
        raise ApiError(404, f"Model not found: {body.model_id}")
    if body.inputs.get("sync_mode", DEFAULT_SYNC_MODE.value) not in _MODES:
        raise ApiError(400, f'field "sync_mode" must be one of {", ".join(_MODES)}')


@router.get("/models")
def models(base_url: BaseUrl) -> JSONResponse:
    return ok([model_card(base_url)])
