"""Account and model: balance, price, the model's description.

Nobody pays for the local backend: its price is zero, and so is its balance.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from lipsync_demo.backend.bodies import PriceBody
from lipsync_demo.backend.envelopes import ApiError, ok
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode
from lipsync_demo.settings import MODEL_ID

router = APIRouter(prefix="/api/v3", redirect_slashes=False)
_MODES = [mode.value for mode in SyncMode]
_MODEL: dict[str, Any] = {
    "model_id": MODEL_ID,
    "name": MODEL_ID,
    "type": "digital-human",
    "base_price": 0,
    "description": "Lip-sync on this machine's processor, behind the API's contract.",
    "api_schema": {
        "api_schemas": [
            {
                "type": "model_run",
                "method": "POST",
                "server": "",
                "api_path": f"/api/v3/{MODEL_ID}",
                "request_schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["video", "audio"],
                    "properties": {
                        "video": {"type": "string"},
                        "audio": {"type": "string"},
                        "sync_mode": {
                            "type": "string",
                            "enum": _MODES,
                            "default": DEFAULT_SYNC_MODE.value,
                        },
                    },
                },
            }
        ]
    },
}


@router.get("/balance")
def balance() -> JSONResponse:
    return ok({"balance": 0, "currency": "USD"})


@router.post("/model/price")
def price(body: PriceBody) -> JSONResponse:
    if body.model_id != MODEL_ID:
        raise ApiError(404, f"Model not found: {body.model_id}")
    if body.inputs.get("sync_mode", DEFAULT_SYNC_MODE.value) not in _MODES:
        raise ApiError(400, f'field "sync_mode" must be one of {", ".join(_MODES)}')
    return ok({"model_id": MODEL_ID, "price": 0, "discounted_price": 0, "currency": "USD"})


@router.get("/models")
def models() -> JSONResponse:
    return ok([_MODEL])
