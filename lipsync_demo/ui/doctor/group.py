"""The people of a video to choose from: a picture with a button over each face."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from markupsafe import Markup

from lipsync_demo.doctor.examined import Group
from lipsync_demo.looks.calls import stills
from lipsync_demo.media.errors import MediaError
from lipsync_demo.settings import BackendName
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.doctor import acts, words

TEMPLATE = "ui/doctor/group.html"
HEIGHT = 360
"""Height of the picture in pixels."""


def picture(path: Path, group: Group, chosen: str | None, backend: BackendName) -> Markup:
    """The picture with its buttons; empty without a choice of people."""
    address = _address(path, group.moment) if group.faces else ""
    if not address:
        return Markup("")
    faces = [
        {
            "name": name,
            "pressed": face.choice == chosen,
            "act": acts.face("" if face.choice == chosen else face.choice),
            "left": f"{100 * face.left:.1f}",
            "top": f"{100 * face.top:.1f}",
            "width": f"{100 * (face.right - face.left):.1f}",
            "height": f"{100 * (face.bottom - face.top):.1f}",
        }
        for face, name in zip(group.faces, names(group).values(), strict=True)
    ]
    hint = words.CLICK if backend == "local" else words.CLICK_TO_CROP
    return render_macro(TEMPLATE, "picture", words.WHO, hint, address, words.PICTURE, faces)


def line(group: Group, chosen: str | None, backend: BackendName) -> Markup:
    """What is chosen, and the way back; empty without a choice."""
    if chosen is None:
        return Markup("")
    name = names(group).get(chosen)
    if backend != "local":
        offered = (acts.crop(chosen), words.CROP), (acts.face(), words.LEAVE)
        return _line(words.not_by_the_api(name or chosen), offered)
    text = words.WORDS.get(chosen) or (words.speaks(name) if name else words.at(chosen))
    return _line(text, ((acts.face(), words.SPEAKS_BY_ITSELF),))


def names(group: Group) -> Mapping[str, str]:
    """The name of each face by its choice: `Face 1 of 2, on the left`."""
    count = len(group.faces)
    places = (words.ON_THE_LEFT, *[words.IN_THE_MIDDLE] * (count - 2), words.ON_THE_RIGHT)
    return (
        {
            face.choice: words.face(number, count, place)
            for number, (face, place) in enumerate(zip(group.faces, places, strict=True), 1)
        }
        if count > 1
        else {}
    )


def _line(text: str, acts: Sequence[tuple[str, str]]) -> Markup:
    return render_macro(TEMPLATE, "line", text, acts)


def _address(path: Path, moment: Fraction) -> str:
    try:
        [data] = stills(path, [moment], height=HEIGHT)
    except MediaError:
        return ""
    return f"data:image/webp;base64,{b64encode(data).decode()}"
