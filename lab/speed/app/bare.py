"""A page of Gradio with the widgets of another: their types, their places and nothing else.

Run as a script with the file of the other's `/config`; the port is the environment's `PORT`.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import gradio as gr

LEFT_OUT = {"value", "every", "inputs", "key", "render", "scale", "buttons"}
"""Arguments of the other page's events and content."""


def build(config: dict[str, Any]) -> gr.Blocks:
    """The page with the widgets and the layout of `config`."""
    classes = {
        name.lower(): found
        for name, found in vars(gr).items()
        if inspect.isclass(found) and issubclass(found, gr.blocks.Block)
    }
    classes["tabitem"], classes["form"] = gr.Tab, gr.Group
    known = {one["id"]: one for one in config["components"]}

    def lay(node: dict[str, Any]) -> None:
        given = known.get(node["id"])
        made = made_of(given) if given else None
        with made if isinstance(made, gr.blocks.BlockContext) else nullcontext():
            for child in node.get("children") or []:
                lay(child)

    def made_of(given: dict[str, Any]) -> object:
        kind = classes[given["type"]]
        taken = inspect.signature(kind).parameters
        props = {
            name: value
            for name, value in given["props"].items()
            if name in taken and name not in LEFT_OUT and value is not None
        }
        if isinstance(props.get("choices"), list):
            props["choices"] = [tuple(one) for one in props["choices"]]
        return kind(**props)

    with gr.Blocks(analytics_enabled=False) as made_page:
        lay({"id": None, "children": config["layout"]["children"]})
        placed = _ids(config["layout"])
        for one in config["components"]:
            if one["id"] not in placed:  # states and timers have no place
                lay({"id": one["id"]})
    page: gr.Blocks = made_page
    return page


def _ids(node: dict[str, Any]) -> set[int]:
    found = {node["id"]} if "id" in node else set()
    return found.union(*(_ids(child) for child in node.get("children") or []))


if __name__ == "__main__":
    build(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))).launch(
        server_name="127.0.0.1",
        server_port=int(os.environ["PORT"]),
        ssr_mode=False,
        run_history=False,
    )
