"""Palette of named colours: what do people call this one? Compared in OKLab, where equal steps look equal.

A name owns several shades, since people's names cover regions of very unlike size: every dark blue is navy, few oranges
are peach. Pixels near a border between two names count for both.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SHADES: Final[dict[str, tuple[str, ...]]] = {
    "black": ("000000", "0d0d0d", "1a1a1a", "262626", "2e2e30", "363636", "1f1e24", "211c1a", "2d2624"),
    "grey": ("484848", "555555", "6b6b6b", "808080", "949494", "a8a8a8", "babab8", "5f646b", "7f858c", "9a9a94"),
    "silver": ("c3c6c9", "b9bfc6"),
    "white": ("ffffff", "f5f5f5", "ebebeb", "e0e0e2", "f4f6fb", "e4e8f0"),
    "cream": ("f7f0d8", "f2e8c8", "fff8e0"),
    "beige": ("d9c7a8", "e2d4bc", "cdbb9a", "e8d5c0", "bfae90"),
    "tan": ("c19a6b", "b8895a", "c8a273"),
    "brown": ("3b2419", "5a3825", "6f4a2f", "85593a", "4a3226", "75503c", "9a6b45", "5c4738", "7a6250", "331f1a"),
    "khaki": ("a89b72", "968a63"),
    "olive": ("6b6b2f", "55562a", "7d7a3e", "5e5f42", "72705a"),
    "red": ("c8102e", "e01b24", "b3121d", "f03a3a", "d4373e", "a51c1c"),
    "maroon": ("6d1525", "5a0f1e", "7f1d2e", "480d1a", "54202a", "45262c"),
    "orange": ("f47a20", "ff8c1a", "e2611c", "ff6f2a", "d9701f"),
    "peach": ("ffcba4", "f7b89c", "f4a582"),
    "yellow": ("ffe119", "f7d417", "fff04d", "f2c40f", "f4ee6a", "e8dc4a"),
    "mustard": ("c99a1e", "b8860b"),
    "gold": ("d4af37", "c5a04a"),
    "green": (
        "1e8c3a", "2fae52", "0f6b32", "5cb85c", "84cf6a", "0a4d2b", "4f7f4a", "a4d65e", "14532d", "6fae3d", "7fa58a",
        "40c890",
    ),
    "teal": ("0f7c7c", "12616a", "1d8a86"),
    "turquoise": ("35c9c3", "40d6d0", "5fd8e0"),
    "blue": (
        "1f5fd0", "2a7de1", "3f9be8", "6fb4ec", "9cc9ee", "1a3fb0", "4a6fa5", "2b59a0", "5d86b8", "7fa3c7", "00a3e0",
        "87ceeb", "5bc8f5", "b3d3ea", "3b5b8c", "2338a8", "18a8d8",
    ),
    "navy blue": (
        "14213d", "1b2a4f", "0f1a3a", "22335c", "1a2140", "262f4a", "101530", "2c3854", "181a2a", "1e2032", "33415f",
    ),
    "purple": ("5b2a86", "6a3fa0", "7d4fb5", "451a63", "9670c4", "5a3a6e", "8a5a96", "6b2f6b", "3d1d45", "75507f"),
    "lavender": ("c4b0e0", "b6a4d8"),
    "magenta": ("c2187e", "b01572"),
    "pink": (
        "f4a6c0", "ffc0d0", "f06aa0", "e83e8c", "ff5fa2", "e87a9a", "f7b7b7", "d9578a", "f28b9b", "ff2f86", "d81b60",
        "f0909a",
    ),
}  # fmt: skip
"""Colour name -> its shades as sRGB hex. Names are what `colors` in the findings may hold."""

METAL_SHADES: Final[dict[str, tuple[str, ...]]] = {
    "gold": ("6e5424", "8a6a2a", "a8842f", "b8923d", "e0c070", "f0d890", "9a7b45", "c9b080", "7d6a45", "d8c49a"),
    "silver": ("6f7275", "8c8f92", "a9acaf", "d8dadc", "e6e8ea"),
}
"""What polished metal also looks like: it mirrors light and dark alike, so gold spans from brown to cream."""

NOT_ON_METAL: Final = frozenset({"mustard", "khaki", "tan", "beige", "olive"})
"""Names of cloth and leather that nobody gives to metal of those shades."""

BROADER_COLOURS: Final[dict[str, str]] = {
    "off white": "white",
    "charcoal": "grey",
    "nude": "beige",
    "taupe": "beige",
    "burgundy": "maroon",
    "rust": "orange",
    "coral": "pink",
    "rose gold": "gold",
    "bronze": "brown",
    "copper": "brown",
    "navy blue": "blue",
    "turquoise": "blue",
    "teal": "green",
    "lavender": "purple",
    "magenta": "pink",
    "peach": "orange",
    "maroon": "red",
    "mustard": "yellow",
    "gold": "yellow",
    "olive": "green",
    "khaki": "green",
    "tan": "brown",
    "beige": "brown",
    "cream": "white",
    "silver": "grey",
}
"""The name that a less particular person would use for a colour."""

SOFTNESS: Final = 0.018
"""OKLab distance over which two names share a pixel: about one just-noticeable difference."""

_NAMES: Final = tuple(SHADES)


def oklab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB (… x 3, 0 to 255) as OKLab (… x 3; lightness 0 to 1, then green-red and blue-yellow).

    After Björn Ottosson, "A perceptual color space for image processing" (2020).
    """
    unit = rgb.astype(np.float64) / 255.0
    linear = np.where(unit <= 0.04045, unit / 12.92, ((unit + 0.055) / 1.055) ** 2.4)
    cones = np.cbrt(np.einsum("...i,ij->...j", linear, _RGB_TO_CONES))
    lab: NDArray[np.float64] = np.einsum("...i,ij->...j", cones, _CONES_TO_LAB)
    return lab


def name_shares(lab: NDArray[np.float64], *, metal: bool = False) -> NDArray[np.float64]:
    """How much each pixel (n x 3, OKLab) belongs to each of `names()`: n x names, each row sums to 1.

    `metal`: the item is of a kind that is made of metal, where brownish yellow is gold.
    """
    shades, spans = _METAL if metal else _CLOTH
    points = lab * _WEIGHTS
    # |p - s|² = |p|² + |s|² - 2 p·s takes a tenth of the time of all differences. einsum, unlike @, starts no threads,
    # which would cost more than they give on so little.
    squares = (points**2).sum(axis=1) + (shades**2).sum(axis=1)[:, None] - 2.0 * np.einsum("sk,pk->sp", shades, points)
    nearest = np.full((len(lab), len(_NAMES)), np.inf)
    for column, (first, last) in enumerate(spans):
        if first < last:
            nearest[:, column] = np.sqrt(np.maximum(squares[first:last].min(axis=0), 0.0))
    closeness = np.exp(-((nearest - nearest.min(axis=1, keepdims=True)) / SOFTNESS))
    shares: NDArray[np.float64] = closeness / closeness.sum(axis=1, keepdims=True)
    return shares


def names() -> tuple[str, ...]:
    """Every colour name, in the order of `name_shares`' columns."""
    return _NAMES


_RGB_TO_CONES: Final = np.array(
    [
        [0.4122214708, 0.2119034982, 0.0883024619],
        [0.5363325363, 0.6806995451, 0.2817188376],
        [0.0514459929, 0.1073969566, 0.6299787005],
    ]
)
_CONES_TO_LAB: Final = np.array(
    [
        [0.2104542553, 1.9779984951, 0.0259040371],
        [0.7936177850, -2.4285922050, 0.7827717662],
        [-0.0040720468, 0.4505937099, -0.8086757660],
    ]
)
# People part shades by hue before lightness: "a dark green" is still green.
_WEIGHTS: Final = np.array([0.7, 1.5, 1.5])


def _measure(table: dict[str, tuple[str, ...]]) -> tuple[NDArray[np.float64], tuple[tuple[int, int], ...]]:
    """All shades of a table in weighted OKLab, and from where to where each name's shades stand."""
    codes: list[list[int]] = []
    spans: list[tuple[int, int]] = []
    for name in _NAMES:
        shades = table.get(name, ())
        spans.append((len(codes), len(codes) + len(shades)))
        codes.extend(list(bytes.fromhex(shade)) for shade in shades)
    return oklab(np.array(codes, dtype=np.uint8)) * _WEIGHTS, tuple(spans)


_CLOTH = _measure(SHADES)
_METAL = _measure(
    {name: shades + METAL_SHADES.get(name, ()) for name, shades in SHADES.items() if name not in NOT_ON_METAL}
)
