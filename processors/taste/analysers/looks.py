"""Expected looks: where does an item of this kind show its colours in a picture? Told by its name."""

from __future__ import annotations

from processors.taste.analysers.colours import Look
from processors.taste.analysers.garments import section_of

_WORN_SECTIONS = frozenset(
    {"tops", "outerwear", "bottoms", "one-piece", "ethnic", "underwear", "nightwear", "swimwear"}
)
_ON_HEAD_OR_NECK = frozenset({"caps", "hats", "beanies", "scarves", "shawls", "stoles", "mufflers", "sunglasses"})
_METAL_KINDS = frozenset({"watches"})


def look_of(kinds: tuple[str, ...]) -> Look:
    """The look of the first of `kinds`; of anything, when there is none."""
    if not kinds:
        return Look()
    section = section_of(kinds[0])
    if section in _WORN_SECTIONS or kinds[0] in _ON_HEAD_OR_NECK:
        return Look(worn=True)
    return Look(worn=False, has_openings=True, metal=section == "jewellery" or kinds[0] in _METAL_KINDS)
