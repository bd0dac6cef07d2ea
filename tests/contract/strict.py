"""Reading JSON as strictly as compiled clients do.

A shape names the fields a client decodes: Go, Java and Swift take no fraction for a whole
number and no text for a list, ignore fields they do not know, and let null stand for none.
"""

from __future__ import annotations

import json
from typing import Any

ANYTHING = object
PREDICTION: dict[str, Any] = {
    "id": str,
    "model": str,
    "status": str,
    "outputs": [str],
    "urls": {"get": str},
    "has_nsfw_contents": [bool],
    "created_at": str,
    "error": str,
    "executionTime": int,
    "timings": {"inference": int},
}
"""The fields of a task that Go, Java and Swift clients decode."""


MODEL: dict[str, Any] = {
    "model_id": str,
    "name": str,
    "type": str,
    "description": str,
    "base_price": float,
    "sort_order": int,
    "api_schema": {
        "api_schemas": [
            {
                "type": str,
                "method": str,
                "server": str,
                "api_path": str,
                "request_schema": {
                    "type": str,
                    "required": [str],
                    "properties": {"video": {"type": str, "description": str}},
                    "x-order-properties": [str],
                },
            }
        ]
    },
}


def envelope(shape: Any) -> dict[str, Any]:
    return {"code": int, "message": str, "data": shape}


def decoded(text: str | bytes, shape: Any) -> Any:
    """Return the value after checking that it has this shape."""
    value = json.loads(text)
    _check(value, shape, "answer")
    return value


def _check(value: Any, shape: Any, where: str) -> None:
    if value is None or shape is ANYTHING:
        return
    if isinstance(shape, dict):
        assert isinstance(value, dict), where
        for name, inner in shape.items():
            assert name in value, f"{where} has no {name}"
            _check(value[name], inner, f"{where}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        for n, item in enumerate(value):
            _check(item, shape[0], f"{where}[{n}]")
    elif shape is float:
        assert isinstance(value, (int, float)), where
        assert not isinstance(value, bool), where
    else:
        assert type(value) is shape, f"{where} is {value!r}"
