"""Values that no browser would send for a widget, and some that one would."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

DEEP = "as deep as no encoder goes"
"""Stands for a value of 20,000 levels, which this process could not write."""
LARGE = (10**30, -(10**30), 1 << 63, -(1 << 31), 1e308, -0.0, 5e-324, 2**53 + 1)
NO_JSON = (math.inf, -math.inf, math.nan, DEEP)
TEXTS = (
    *("", " ", "\0", "\ud800", "a\udfffb", "\x1b[31m", "\u202egnp.exe", "ﷺ" * 200, "0" * 5000),
    *("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "C:\\x", "NaN", "Infinity", "null"),
    *(
        "<script>1</script>",
        "{{7*7}}",
        "{0.__class__}",
        "%s%n",
        "' OR 1=1 --",
        "\r\nX: y",
        "é" * 90,
    ),
    *("http://[::1", "https://", "//x", "http://a:b@c:99999999/", "xn--", "http://" + "a." * 300),
    *("1e999", "-1", "١٢", "1,5", "0x10", "9" * 400, "2024-13-99T99:99:99Z", "loop", "local"),
)
PATHS = ("/etc/passwd", "/proc/self/environ", "../..", "", "\0", "/dev/zero", "a" * 5000, "\ud800")


def encoded(body: object) -> bytes:
    """A body as JSON, which may hold what is no JSON, such as NaN."""
    deep = "[" * 20_000 + "]" * 20_000
    return json.dumps(body).replace(f'"{DEEP}"', deep).encode()


def nested(chance: random.Random) -> Any:
    """A value of many levels."""
    value: Any = chance.choice((0, "", None))
    for _ in range(chance.choice((5, 30, 300))):
        value = [value] if chance.random() < 0.5 else {"path": value}
    return value


def file_data(chance: random.Random, known: Sequence[str] = ()) -> Any:
    """What says of itself that it is a file, of somebody else, of the system, or of nobody."""
    path: Any = chance.choice((*PATHS, *known, 7, None, ["/etc/passwd"]))
    told: dict[str, Any] = {"path": path, "meta": {"_type": "gradio.FileData"}}
    for name in chance.sample(("url", "size", "orig_name", "mime_type", "is_stream", "meta"), 2):
        told[name] = scalar(chance)
    return [told] * chance.randint(1, 3) if chance.random() < 0.2 else told


def scalar(chance: random.Random) -> Any:
    """A number, a text, a truth or nothing."""
    return chance.choice((chance.choice(LARGE), chance.choice(TEXTS), True, False, None, 0, 1, -1))


def odd(chance: random.Random, known: Sequence[str] = ()) -> Any:
    """Any value; `known` are texts that mean something to the page."""
    kinds: Mapping[Callable[[], Any], int] = {
        lambda: scalar(chance): 8,
        lambda: chance.choice(known) if known else "": 6,
        lambda: file_data(chance, known): 4,
        lambda: [scalar(chance) for _ in range(chance.choice((0, 1, 3, 50)))]: 2,
        lambda: {str(scalar(chance)): scalar(chance) for _ in range(3)}: 2,
        lambda: nested(chance): 1,
        lambda: chance.choice(NO_JSON): 1,
    }
    return chance.choices(list(kinds), list(kinds.values()))[0]()


def plausible(widget: Mapping[str, Any], chance: random.Random, known: Sequence[str] = ()) -> Any:
    """A value of the type that a widget of the page holds."""
    kind, props = widget["type"], widget["props"]
    if kind in ("radio", "dropdown", "checkboxgroup"):
        choices = [choice[1] for choice in props.get("choices") or ()] or [""]
        chosen = chance.choice(choices)
        return [chosen] if kind == "checkboxgroup" else chosen
    if kind in ("number", "slider"):
        return chance.choice((0, 1, -1, 0.5, 1e9, 2**53, -(2**53), 3.25))
    if kind == "checkbox":
        return chance.random() < 0.5
    if kind == "browserstate" and not isinstance(props.get("default_value"), str):
        return [chance.choice((*known, *TEXTS)) for _ in range(chance.choice((0, 1, 40)))]
    if kind in ("textbox", "html", "browserstate"):
        return chance.choice((*known, chance.choice(TEXTS)))
    return props.get("value")
