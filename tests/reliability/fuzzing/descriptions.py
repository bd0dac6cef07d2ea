"""OpenAPI descriptions of what the product serves, made from its own routes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from starlette.routing import BaseRoute, Route

from lipsync_demo.backend.app import Options, create_app
from lipsync_demo.backend.stores import Place
from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import documents, installable, link_preview, live
from lipsync_demo.ui.http.gate import ENTER, LEAVE
from lipsync_demo.ui.http.routes import routes
from tests.unit.ui.http.test_guard import FOR_THE_PAGE

Document = dict[str, Any]
STREAMS = ("/gradio_api/heartbeat/{session_hash}", "/gradio_api/queue/data")
STREAMS += ("/gradio_api/upload_progress",)
"""Answers without an end: events read them."""
BODIES = {
    "/gradio_api/queue/join": ("data", "event_data", "fn_index", "session_hash", "trigger_id"),
    "/gradio_api/run/predict": ("data", "event_data", "fn_index", "session_hash", "batched"),
    "/gradio_api/cancel": ("session_hash", "fn_index", "event_id"),
    "/gradio_api/reset": ("event_id",),
}
"""Fields that bodies of the page's requests have."""
QUERY = ("exp", "sig", "download", "from", "view", "run", "group", "session_hash", "lang", "code")
"""Names in the page's addresses."""
ANY: Document = {}
FORM: Document = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}, "files": {"type": "string"}},
}


def of_backend(folder: Path, known: Mapping[str, Sequence[str]]) -> Document:
    """The local backend; `known` are values of parameters that exist."""
    app = cast(Any, create_app(Options(place=Place(folder=folder), token="any", workers=0)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document: Document = app._app.openapi()
    # These read their bodies themselves.
    paths = document["paths"]
    paths["/api/v3/media/upload/binary"]["post"]["requestBody"] = {
        "content": {"multipart/form-data": {"schema": FORM}}
    }
    paths["/tickets/{ticket}"]["put"]["requestBody"] = {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    }
    return _knowing(document, known)


def of_page(folder: Path, known: Mapping[str, Sequence[str]]) -> Document:
    """The app's own routes, and those of Gradio's that it leaves open."""
    settings, nothing = Settings(data_dir=folder), cast(Any, None)
    own = [
        *installable.routes(),
        link_preview.route(),
        *documents.routes(settings, nothing, nothing),
        *live.routes(nothing),
        *routes(settings, signed_media(settings)),
    ]
    paths: Document = {}
    for path, methods in [*_templates(own), *_others()]:
        paths.setdefault(path, {}).update({method: _operation(path, method) for method in methods})
    document = {
        "openapi": "3.0.2",
        "info": {"title": "page", "version": "1"},
        "paths": paths,
    }
    return _knowing(document, known)


def _templates(own: Iterable[BaseRoute]) -> Iterator[tuple[str, list[str]]]:
    for route in own:
        assert isinstance(route, Route)
        yield re.sub(r":\w+\}", "}", route.path), sorted(map(str.lower, route.methods or ()))


def _others() -> Iterator[tuple[str, list[str]]]:
    for path in FOR_THE_PAGE:
        if path not in STREAMS:
            posted = path in BODIES or path.endswith("upload")
            yield re.sub(r":\w+\}", "}", path), ["post" if posted else "get"]
    yield "/gradio_api/run/predict", ["post"]
    yield ENTER, ["get", "post"]
    yield LEAVE, ["get", "post"]


def _operation(path: str, method: str) -> Document:
    named = re.findall(r"\{(\w+)\}", path)
    parameters = [_parameter(name, "path") for name in named]
    parameters += [_parameter(name, "query") for name in QUERY if method in ("get", "head")]
    told: Document = {"parameters": parameters, "responses": {"200": {"description": "any"}}}
    if method in ("post", "put", "patch"):
        told["requestBody"] = {"content": _content(path)}
    return told


def _parameter(name: str, place: str) -> Document:
    schema = {"type": "string", **({"minLength": 1} if place == "path" else {})}
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _content(path: str) -> Document:
    if path.endswith("/upload"):
        return {"multipart/form-data": {"schema": FORM}}
    if path == ENTER:
        code = {"type": "object", "properties": {"code": {"type": "string"}}}
        return {"application/x-www-form-urlencoded": {"schema": code}}
    fields = BODIES.get(path)
    schema = {"type": "object", "properties": dict.fromkeys(fields, ANY)} if fields else ANY
    return {"application/json": {"schema": schema}}


def _knowing(document: Document, known: Mapping[str, Sequence[str]]) -> Document:
    """A description whose parameters are often values that exist."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if values := known.get(parameter["name"]):
                    schema = parameter["schema"]
                    parameter["schema"] = {"anyOf": [{"enum": list(values)}, schema]}
    return document
