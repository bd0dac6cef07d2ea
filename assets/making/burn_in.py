"""The running time and frame number in a corner of a clip."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from assets.making.motion import FRAMES, RATE, SIZE

Image8 = NDArray[np.uint8]


def burn_in(picture: Image8, number: int) -> Image8:
    """Time and frame number in the lower left corner, with a thin line for the way gone."""
    image = Image.fromarray(picture).convert("RGBA")
    layer = Image.new("RGBA", (SIZE * 2, SIZE * 2))
    draw = ImageDraw.Draw(layer)
    left, top, right, bottom = 32, 2 * SIZE - 100, 400, 2 * SIZE - 32
    draw.rounded_rectangle((left, top, right, bottom), 16, fill=(16, 18, 24, 140))
    font = ImageFont.load_default(34)
    text = f"{number / RATE:.2f} s"
    _figures(draw, (left + 20, top + 9), text, font, (255, 255, 255, 235))
    _figures(draw, (left + 192, top + 9), f"frame {number:03d}", font, (255, 255, 255, 150))
    way = left + 20 + (right - left - 40) * (number + 1) / FRAMES
    draw.line((left + 20, bottom - 9, right - 20, bottom - 9), (255, 255, 255, 60), 4)
    draw.line((left + 20, bottom - 9, way, bottom - 9), (255, 255, 255, 220), 4)
    layer = layer.resize((SIZE, SIZE), Image.Resampling.BOX)
    return np.asarray(Image.alpha_composite(image, layer).convert("RGB"))


def _figures(
    draw: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    fill: tuple[int, int, int, int],
) -> None:
    """Text whose figures are all equally wide, so that a running number stands still."""
    x, y = at
    wide = max(font.getlength(str(n)) for n in range(10))
    for letter in text:
        width = font.getlength(letter)
        box = wide if letter.isdigit() else width
        draw.text((x + (box - width) / 2, y), letter, font=font, fill=fill)
        x += box
