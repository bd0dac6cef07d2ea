"""Gradio's theme, with all variables mapped to the few colours of `style.css`.

The stylesheet defines each colour for light and dark; Gradio's light and dark variables both refer
to it.
"""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path

import gradio as gr

from lipsync_demo import markup, player
from lipsync_demo.looks.calls import stills
from lipsync_demo.markup import words as markup_words
from lipsync_demo.media.errors import MediaError
from lipsync_demo.templates import render
from lipsync_demo.ui.frame import words

logger = logging.getLogger(__name__)

ICON = Path(__file__).with_name("icon.svg")
VIEWS = Path(__file__).parents[1]
"""Folder with the stylesheets of the views."""

PICTURE_HEIGHT = 384
"""Height in pixels of the first picture: of the player on a laptop."""

SCRIPTS = (
    "frame/address.js",
    "doctor/looks.js",
    "inputs/files.js",
    "inputs/label.js",
    "frame/failed.js",
    "frame/in_sight.js",
    "frame/offline.js",
    "frame/scrolled.js",
    "frame/help.js",
    "frame/reach.js",
    "frame/recorded_only.js",
    "frame/tour.js",
    "frame/stands.js",
    "frame/top_bar.js",
    "frame/trimmer.js",
    "judging/judge.js",
    "studio/copy.js",
    "studio/fetch_once.js",
    "studio/live.js",
    "studio/present.js",
)
"""Scripts of the page that are loaded before Gradio's."""

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

COLOURS = {
    "body_background_fill": "ground",
    "body_text_color": "text",
    "body_text_color_subdued": "quiet",
    "background_fill_primary": "surface",
    "background_fill_secondary": "ground",
    "border_color_primary": "line",
    "border_color_accent": "text",
    "border_color_accent_subdued": "line",
    "color_accent_soft": "sunken",
    "link_text_color": "text",
    "link_text_color_active": "text",
    "link_text_color_hover": "video-ink",
    "link_text_color_visited": "text",
    "block_background_fill": "surface",
    "block_border_color": "line",
    "block_info_text_color": "quiet",
    "block_label_background_fill": "surface",
    "block_label_border_color": "line",
    "block_label_text_color": "quiet",
    "block_title_text_color": "quiet",
    "panel_background_fill": "ground",
    "panel_border_color": "line",
    "accordion_text_color": "quiet",
    "checkbox_background_color": "surface",
    "checkbox_background_color_selected": "text",
    "checkbox_border_color": "edge",
    "checkbox_border_color_focus": "text",
    "checkbox_border_color_hover": "text",
    "checkbox_border_color_selected": "text",
    "checkbox_label_background_fill": "surface",
    "checkbox_label_background_fill_hover": "surface",
    "checkbox_label_background_fill_selected": "surface",
    "checkbox_label_border_color": "line",
    "checkbox_label_border_color_hover": "edge",
    "checkbox_label_border_color_selected": "text",
    "checkbox_label_text_color": "text",
    "checkbox_label_text_color_selected": "text",
    "error_background_fill": "surface",
    "error_border_color": "bad",
    "error_text_color": "bad",
    "error_icon_color": "bad",
    "input_background_fill": "surface",
    "input_background_fill_focus": "surface",
    "input_background_fill_hover": "surface",
    "input_border_color": "edge",
    "input_border_color_focus": "text",
    "input_border_color_hover": "text",
    "input_placeholder_color": "quiet",
    "loader_color": "text",
    "slider_color": "text",
    "button_primary_background_fill": "button",
    "button_primary_background_fill_hover": "button-hover",
    "button_primary_border_color": "button",
    "button_primary_border_color_hover": "button-hover",
    "button_primary_text_color": "button-text",
    "button_primary_text_color_hover": "button-text",
    "button_secondary_background_fill": "surface",
    "button_secondary_background_fill_hover": "sunken",
    "button_secondary_border_color": "edge",
    "button_secondary_border_color_hover": "edge",
    "button_secondary_text_color": "text",
    "button_secondary_text_color_hover": "text",
    "code_background_fill": "sunken",
}
"""The colour of `style.css` for each of Gradio's theme variables."""

SHAPES = {
    "block_radius": "12px",
    "block_border_width": "1px",
    "block_padding": "16px",
    "block_shadow": "none",
    "block_label_radius": "8px",
    "block_label_shadow": "none",
    "container_radius": "12px",
    "input_radius": "8px",
    "input_shadow": "none",
    "input_shadow_focus": "none",
    "input_border_width": "1px",
    "layout_gap": "14px",
    "form_gap_width": "0px",
    "shadow_drop": "none",
    "shadow_drop_lg": "none",
    "shadow_inset": "none",
    "checkbox_label_shadow": "none",
    "checkbox_shadow": "none",
    "button_large_radius": "10px",
    "button_medium_radius": "8px",
    "button_small_radius": "8px",
    "button_large_text_size": "15px",
    "button_medium_text_size": "14px",
    "button_large_text_weight": "600",
    "button_medium_text_weight": "500",
    "button_primary_shadow": "none",
    "button_primary_shadow_hover": "none",
    "button_primary_shadow_active": "none",
    "button_secondary_shadow": "none",
    "button_secondary_shadow_hover": "none",
    "button_secondary_shadow_active": "none",
    "button_transition": "background-color .12s, border-color .12s",
}
"""Values of Gradio's other theme variables."""


def head() -> str:
    """What the page adds to the head of Gradio's."""
    return render("ui/frame/head.html")


def first(picture: str = "") -> str:
    """What is seen until the page stands; `picture` is the name of the one in its places."""
    return render("ui/frame/first.html", title=markup_words.APP, words=words, picture=picture)


def first_picture(video: Path) -> bytes | None:
    """The picture a video begins with, as a WebP; None if there is none."""
    if not video.is_file():
        return None
    try:
        return stills(video, [Fraction(0)], height=PICTURE_HEIGHT)[0]
    except MediaError as error:
        logger.warning("The sample has no first picture: %s", error)
        return None


def style() -> str:
    """All stylesheets of the page.

    Gradio's own parameter for CSS drops rules it does not know, such as `@container`.
    """
    own = Path(__file__).with_name("style.css")
    views = {*VIEWS.rglob("style.css")} - {own}
    sheets = [own, *sorted(views, key=lambda sheet: sheet.parent.name)]
    return "\n".join([markup.style(), *(sheet.read_text(encoding="utf-8") for sheet in sheets)])


def elements() -> str:
    """The script of the page's own elements, loaded before Gradio's."""
    own = [(VIEWS / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return "\n".join([*own, player.script()])


def script() -> str:
    """The page's own script, run once on load."""
    written = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
    named = {
        "{your video}": words.YOUR_VIDEO,
        "{your speech}": words.YOUR_SPEECH,
        "{offline}": words.OFFLINE,
    }
    for place, name in named.items():
        written = written.replace(place, str(name))
    return written


def build() -> gr.themes.Base:
    """The theme: system fonts, and `var(--ls-…)` for every colour in light and dark."""
    theme = gr.themes.Base(primary_hue="indigo", neutral_hue="zinc", font=SANS, font_mono=MONO)
    variables = {name: f"var(--ls-{colour})" for name, colour in COLOURS.items()}
    dark = {f"{name}_dark": value for name, value in variables.items()}
    shapes_dark = {
        f"{name}_dark": value for name, value in SHAPES.items() if hasattr(theme, f"{name}_dark")
    }
    return theme.set(**variables, **dark, **SHAPES, **shapes_dark)


def variables(theme: gr.themes.Base) -> str:
    """The stylesheet in which Gradio's page finds the values of a theme."""
    css: str = theme._get_theme_css()  # type: ignore[no-untyped-call]
    return css
