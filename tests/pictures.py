"""Pictures for tests, each like no other."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw


def picture(seed: int) -> Image.Image:
    """Return a picture of some rectangles."""
    chance, image = random.Random(seed), Image.new("RGB", (320, 240), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        x, y = chance.randrange(320), chance.randrange(240)
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + chance.randrange(20, 120), y + chance.randrange(20, 90)), fill=colour)
    return image


def saved(image: Image.Image, form: str = "PNG", **options: int) -> bytes:
    """Return the picture as a file."""
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()
