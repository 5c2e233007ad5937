"""Pictures drawn for a test: plain items on a plain backdrop, and people who wear them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

WHITE = "#ffffff"
SKIN = "#c98f6b"
HAIR = "#1d1512"


def item(colour: str, *, backdrop: str = WHITE, size: tuple[int, int] = (120, 160)) -> Image.Image:
    """A block of `colour` in the middle of a `backdrop`."""
    image = Image.new("RGB", size, backdrop)
    width, height = size
    ImageDraw.Draw(image).rectangle((width // 4, height // 5, width * 3 // 4, height * 4 // 5), fill=colour)
    return image


def halves(left: str, right: str) -> Image.Image:
    """An item of two colours, side by side."""
    image = item(left)
    ImageDraw.Draw(image).rectangle((60, 32, 90, 128), fill=right)
    return image


def worn_top(colour: str, *, skin: str = SKIN, trousers: str = "#2b3a5c") -> Image.Image:
    """Somebody with dark hair in a top of `colour`, bare arms, cut off at the hips."""
    image = Image.new("RGB", (120, 160), WHITE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((26, 56, 40, 140), fill=skin)
    draw.rectangle((80, 56, 94, 140), fill=skin)
    draw.rectangle((38, 132, 82, 160), fill=trousers)
    draw.rectangle((36, 50, 84, 134), fill=colour)
    draw.ellipse((46, 6, 74, 46), fill=HAIR)
    draw.ellipse((48, 14, 72, 50), fill=skin)
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The bytes of `image` as a file of that kind."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
