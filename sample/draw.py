"""Generator of the sample wardrobe's pictures: `python sample/draw.py` draws them.

Simple garments on a plain backdrop, drawn large and shrunk so that edges are smooth. Running it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageOps

SIZE: Final = (240, 320)
"""Width and height of a picture, in pixels."""

_SCALE: Final = 4
_WHITE: Final = "#ffffff"
_STUDIO: Final = "#e6e6e4"

Point = tuple[float, float]


class Canvas:
    """Draws in picture pixels, on a surface four times as large."""

    def __init__(self, backdrop: str) -> None:
        self._image = Image.new("RGB", (SIZE[0] * _SCALE, SIZE[1] * _SCALE), backdrop)
        self._draw = ImageDraw.Draw(self._image)

    def shape(self, points: list[Point], fill: str) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=fill)

    def mirrored(self, points: list[Point], fill: str) -> None:
        """A polygon and its mirror image about the picture's upright middle line."""
        self.shape(points, fill)
        self.shape([(SIZE[0] - x, y) for x, y in points], fill)

    def line(self, points: list[Point], fill: str, width: float) -> None:
        """An open line, `width` pixels wide, with round joints."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, fill=fill, width=round(width * _SCALE), joint="curve")

    def oval(self, box: tuple[float, float, float, float], fill: str) -> None:
        """A filled ellipse in the box left, top, right, bottom."""
        self._draw.ellipse([edge * _SCALE for edge in box], fill=fill)

    def arc(self, box: tuple[float, float, float, float], fill: str, width: float) -> None:
        """The upper half of an ellipse's outline."""
        self._draw.arc([edge * _SCALE for edge in box], 180, 360, fill=fill, width=round(width * _SCALE))

    def finished(self) -> Image.Image:
        """The picture at its final size, in few colours so that its file is small."""
        small = self._image.resize(SIZE, Image.Resampling.LANCZOS)
        return small.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def t_shirt(colour: str, shade: str, stripe: str | None = None) -> Image.Image:
    """A t-shirt; `shade` is its darker side, `stripe` the colour of its stripes, if it has any."""
    canvas = Canvas(_WHITE)
    canvas.mirrored([(70, 60), (30, 118), (60, 142), (80, 112)], shade)
    canvas.shape([(70, 60), (100, 52), (140, 52), (170, 60), (166, 262), (74, 262)], colour)
    if stripe is not None:
        for top in range(96, 250, 32):
            canvas.shape([(73, top), (167, top), (167, top + 12), (73, top + 12)], stripe)
    canvas.oval((100, 38, 140, 70), _WHITE)
    return canvas.finished()


def shirt(colour: str, shade: str) -> Image.Image:
    """A long-sleeved shirt with a collar and buttons."""
    canvas = Canvas(_STUDIO)
    canvas.mirrored([(72, 62), (28, 228), (54, 238), (86, 130)], shade)
    canvas.shape([(72, 62), (102, 50), (138, 50), (168, 62), (164, 272), (76, 272)], colour)
    canvas.mirrored([(102, 48), (120, 74), (100, 92), (88, 56)], shade)
    canvas.line([(120, 76), (120, 270)], shade, 2)
    for top in range(100, 260, 32):
        canvas.oval((117, top, 123, top + 6), _WHITE)
    return canvas.finished()


def trousers(colour: str, shade: str) -> Image.Image:
    """Jeans or trousers, seen from the front."""
    canvas = Canvas(_WHITE)
    canvas.mirrored([(78, 40), (120, 40), (120, 110), (112, 292), (72, 292)], colour)
    canvas.mirrored([(78, 40), (120, 40), (120, 54), (77, 54)], shade)
    canvas.mirrored([(82, 60), (104, 58), (84, 86)], shade)
    canvas.line([(120, 54), (120, 112)], shade, 2)
    return canvas.finished()


def dress(colour: str, dot: str) -> Image.Image:
    """A sleeveless summer dress with dots."""
    canvas = Canvas(_WHITE)
    canvas.mirrored([(94, 36), (104, 36), (120, 74), (120, 140), (92, 136), (88, 78)], colour)
    canvas.mirrored([(92, 134), (120, 138), (120, 286), (52, 278)], colour)
    for row, top in enumerate(range(90, 270, 24)):
        for left in range(64 + 12 * (row % 2), 180, 24):
            if abs(left + 4 - 120) < 22 + max(0, top - 134) * 0.28:
                canvas.oval((left, top, left + 8, top + 8), dot)
    return canvas.finished()


def shoe(colour: str, sole: str, lace: str) -> Image.Image:
    """A sneaker, seen from the side."""
    canvas = Canvas(_STUDIO)
    canvas.shape(
        [(34, 140), (66, 132), (92, 146), (128, 176), (186, 192), (210, 206), (210, 218), (34, 218)],
        colour,
    )
    canvas.shape([(30, 214), (212, 214), (208, 234), (34, 234)], sole)
    for left in (96, 110, 124):
        canvas.line([(left, 148 + (left - 90) * 0.8), (left - 14, 176 + (left - 96) * 0.5)], lace, 5)
    return canvas.finished()


def heel(colour: str, inside: str) -> Image.Image:
    """A court shoe with a high heel, seen from the side."""
    canvas = Canvas(_WHITE)
    canvas.shape([(38, 118), (54, 112), (92, 150), (140, 196), (208, 212), (206, 226), (146, 226), (84, 182)], colour)
    canvas.shape([(38, 118), (62, 152), (78, 176), (58, 238), (50, 238), (52, 176)], colour)
    canvas.shape([(58, 118), (92, 152), (132, 192), (112, 186), (78, 158)], inside)
    return canvas.finished()


def handbag(colour: str, shade: str, buckle: str) -> Image.Image:
    """A handbag with a handle."""
    canvas = Canvas(_WHITE)
    canvas.arc((76, 62, 164, 202), shade, 9)
    canvas.shape([(52, 132), (188, 132), (206, 254), (34, 254)], colour)
    canvas.shape([(50, 132), (190, 132), (178, 184), (62, 184)], shade)
    canvas.oval((112, 174, 128, 194), buckle)
    return canvas.finished()


def backpack(colour: str, shade: str) -> Image.Image:
    """A backpack with a front pocket."""
    canvas = Canvas(_STUDIO)
    canvas.arc((98, 34, 142, 84), shade, 7)
    canvas.oval((62, 54, 178, 200), colour)
    canvas.shape([(62, 124), (178, 124), (186, 270), (54, 270)], colour)
    canvas.shape([(76, 186), (164, 186), (170, 256), (70, 256)], shade)
    canvas.line([(80, 204), (160, 204)], colour, 4)
    return canvas.finished()


def watch(case: str, dial: str, strap: str) -> Image.Image:
    """A wristwatch, seen from the front."""
    canvas = Canvas(_WHITE)
    canvas.shape([(98, 24), (142, 24), (150, 116), (90, 116)], strap)
    canvas.shape([(90, 204), (150, 204), (142, 296), (98, 296)], strap)
    canvas.oval((64, 104, 176, 216), case)
    canvas.oval((78, 118, 162, 202), dial)
    canvas.line([(120, 160), (120, 130)], case, 4)
    canvas.line([(120, 160), (142, 172)], case, 4)
    return canvas.finished()


def cap(colour: str, shade: str) -> Image.Image:
    """A baseball cap, seen from the side."""
    canvas = Canvas(_STUDIO)
    canvas.oval((52, 100, 168, 250), colour)
    canvas.shape([(48, 176), (172, 176), (172, 256), (48, 256)], _STUDIO)
    canvas.shape([(52, 168), (168, 168), (168, 184), (52, 184)], colour)
    canvas.shape([(140, 168), (214, 184), (220, 196), (150, 190)], shade)
    return ImageOps.mirror(canvas.finished().convert("RGB")).quantize(64, dither=Image.Dither.NONE)


PICTURES: Final[dict[str, Callable[[], Image.Image]]] = {
    "breton-tee.png": lambda: t_shirt("#f3f3f1", "#e3e3e2", stripe="#1b2a4f"),
    "office-shirt.png": lambda: shirt("#8fbbe6", "#6f9fd0"),
    "straight-jeans.png": lambda: trousers("#35558c", "#29426e"),
    "summer-dress.png": lambda: dress("#f2c81f", "#fff6d8"),
    "red-heels.png": lambda: heel("#c4122c", "#e7b9a2"),
    "evening-watch.png": lambda: watch("#c9a54a", "#f5f1e4", "#2a1d18"),
    "leather-handbag.png": lambda: handbag("#85593a", "#6a4329", "#d4af37"),
    "running-shoes.png": lambda: shoe("#2fae52", "#f5f5f5", "#f5f5f5"),
    "track-pants.png": lambda: trousers("#1e1e20", "#3a3a3c"),
    "team-tee.png": lambda: t_shirt("#d4262f", "#a81c24"),
    "trail-backpack.png": lambda: backpack("#e8731f", "#4a4c50"),
    "plum-cap.png": lambda: cap("#6a3080", "#4d2060"),
}
"""File name -> what draws it."""


def main() -> None:
    """Write every picture beside this script, under pictures/."""
    folder = Path(__file__).parent / "pictures"
    folder.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        draw().save(folder / name, optimize=True)


if __name__ == "__main__":
    main()
