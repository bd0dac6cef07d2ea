"""The server: tools, resources, and how an error is told."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import (
    ResourceError,
    ResourceNotFoundError,
    ToolError,
    UnexpectedToolError,
)
from mcp.server.mcpserver.tools import Tool
from mcp.types import (
    CallToolResult,
    InputRequiredResult,
    Resource,
    ResourceTemplate,
    TextContent,
    ToolAnnotations,
)
from pydantic import AnyUrl, ValidationError

from lipsync_demo.access.bearer import need
from lipsync_demo.access.tokens import Scope
from lipsync_demo.api.mcp import resources, words
from lipsync_demo.api.mcp.desk import Desk
from lipsync_demo.api.mcp.looking import Looking
from lipsync_demo.api.mcp.running import Running
from lipsync_demo.errors import ExplainedError
from lipsync_demo.files import refused
from lipsync_demo.logs import redacted
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.version import __version__

logger = logging.getLogger(__name__)

READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
FETCHES = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=True)
STARTS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True
)
STOPS = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)

KINDS: Final[dict[str, tuple[Scope, ToolAnnotations]]] = {
    "doctor": ("read", FETCHES),
    "preview_modes": ("read", FETCHES),
    "quote": ("read", FETCHES),
    "start_run": ("run", STARTS),
    "wait_run": ("read", READS),
    "get_run": ("read", READS),
    "stop_run": ("run", STOPS),
    "list_runs": ("read", READS),
    "measure": ("read", READS),
    "compare_modes": ("run", STARTS),
    "wait_comparison": ("read", READS),
}
"""What a token needs for each tool, and what clients are told of it."""


class Server(MCPServer[Any]):
    """The tools and resources at one desk."""

    def __init__(self, desk: Desk) -> None:
        free = desk.settings.backend_name == "local"
        super().__init__(
            "lipsync-demo",
            words.TITLE,
            instructions=words.instructions(here=desk.here, free=free),
            version=__version__,
            tools=_tools(desk, free=free),
            subscriptions=False,
        )
        self._desk = desk
        # It logs the ids of sessions, and each one's beginning and end.
        logging.getLogger("mcp").setLevel(logging.WARNING)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        try:
            need(KINDS[name][0] if name in KINDS else "read")
            return await super().call_tool(name, arguments, context)
        except ExplainedError as error:
            return _told(error.what, error.hint)
        except ToolError as error:
            return _failed(name, error)

    async def list_resources(self) -> list[Resource]:
        need("read")
        return await self._desk.at_work(resources.listed, self._desk)

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        return list(resources.TEMPLATES)

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents]:
        try:
            need("read")
            found = await self._desk.at_work(resources.read, self._desk, str(uri))
        except RunNotFound as error:
            raise ResourceNotFoundError(redacted(str(error))) from None
        except ExplainedError as error:
            raise ResourceError(redacted(str(error))) from None
        return [ReadResourceContents(content=one.body, mime_type=one.mime_type) for one in found]


def _tools(desk: Desk, *, free: bool) -> list[Tool]:
    looking, running = Looking(desk), Running(desk)
    made = []
    for name, (_, hints) in KINDS.items():
        work: Callable[..., Any] = getattr(looking, name, None) or getattr(running, name)
        tool = Tool.from_function(
            work,
            name=name,
            title=words.TITLES[name],
            description=words.describe(name, free=free),
            annotations=hints,
        )
        for field in ("video", "audio"):
            if field in tool.parameters["properties"]:
                about = tool.parameters["properties"][field]
                about["description"] = words.named_so(about["description"], here=desk.here)
        made.append(tool)
    return made


def _failed(name: str, error: ToolError) -> CallToolResult:
    """What a model is told of a tool that failed: what happened and what to do, and no more."""
    cause = error.__cause__
    if isinstance(cause, ExplainedError):
        return _told(cause.what, cause.hint)
    if isinstance(cause, OSError):
        return _told(refused(cause), words.LOOK_AT_PATH)
    foreseen = not isinstance(error, UnexpectedToolError)
    if foreseen and isinstance(cause, ValidationError):
        wrong = [(".".join(map(str, one["loc"])), one["msg"]) for one in cause.errors()]
        return _told(words.wrong_arguments(wrong), words.SEE_SCHEMA)
    if foreseen:  # there is no such tool
        return _told(str(error), words.SEE_TOOLS)
    logger.error("The tool %s failed", name, exc_info=cause)
    return _told(words.broken(name), words.SEE_LOG)


def _told(what: object, hint: object) -> CallToolResult:
    said = {"error": {"what": redacted(str(what)), "hint": redacted(str(hint))}}
    text = json.dumps(said, ensure_ascii=False)
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
