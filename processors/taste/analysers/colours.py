"""Colour detection: which colours has the item in this picture?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from processors.taste.analysers.background import Mask, part
from processors.taste.analysers.colour_words import ColourWord, agreed
from processors.taste.analysers.findings import MAX_COLORS
from processors.taste.analysers.palette import BROADER_COLOURS, name_shares, names, oklab
from processors.taste.analysers.picture import Pixels
from processors.taste.analysers.wearer import without_wearer

LEAST_SHARE = 0.10
"""A colour below this share of the item is a detail, not one of its colours."""

LEAST_SHARE_BESIDE_NAMED = 0.14
"""The same, where words name the colour: a second one has to show clearly."""


@dataclass(frozen=True, slots=True)
class Look:
    """How items of a kind look in pictures.

    `worn`: on a person (None: perhaps); `has_openings`: the backdrop shows inside its outline; `metal`: made of it.
    """

    worn: bool | None = None
    has_openings: bool = False
    metal: bool = False


def colour_shares(pixels: Pixels, look: Look = Look()) -> dict[str, float]:
    """Colour name -> its share of the item (0 to 1), the largest first; empty for a wholly see-through picture."""
    scene = part(oklab(pixels.rgb), pixels.opaque, has_openings=look.has_openings)
    if not scene.item.any():
        return {}
    item = without_wearer(scene, worn=look.worn)
    weights = (item * _attention(item))[item]
    shares = weights @ name_shares(scene.lab[item], metal=look.metal)
    shares /= shares.sum()
    order = np.argsort(-shares, kind="stable")
    return {names()[i]: float(shares[i]) for i in order if shares[i] > 0}


def colours_of(shares: dict[str, float], said: tuple[ColourWord, ...]) -> tuple[str, ...]:
    """At most 3 names: what the words name, then what makes up a good part of the item, the largest first.

    A first colour with a broader name gets that as the last one: lavender is purple to most people.
    """
    named = agreed(said, shares)
    least = LEAST_SHARE_BESIDE_NAMED if named else LEAST_SHARE
    seen = [name for name, share in shares.items() if share >= least]
    colours = tuple(dict.fromkeys((*named, *(seen or ([] if named else list(shares)[:1])))))
    if not colours or colours[0] not in BROADER_COLOURS:
        return colours[:MAX_COLORS]
    broader = BROADER_COLOURS[colours[0]]
    if broader in colours[:MAX_COLORS]:
        return colours[:MAX_COLORS]
    return (*colours[: MAX_COLORS - 1], broader)


def _attention(item: Mask) -> NDArray[np.float64]:
    """How much each pixel counts: the middle of the item's box most, since other garments show at its ends."""
    rows, columns = np.nonzero(item)
    height, width = max(int(np.ptp(rows)), 1), max(int(np.ptp(columns)), 1)
    y = (np.arange(item.shape[0]) - (int(np.min(rows)) + height / 2)) / height
    x = (np.arange(item.shape[1]) - (int(np.min(columns)) + width / 2)) / width
    weights: NDArray[np.float64] = np.exp(-((y[:, None] / 0.3) ** 2) - (x[None] / 0.35) ** 2)
    return weights
