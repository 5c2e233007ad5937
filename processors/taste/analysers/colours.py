"""Which colours has the item in this picture?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from processors.taste.analysers.background import Mask, part
from processors.taste.analysers.palette import name_shares, names, oklab
from processors.taste.analysers.picture import Pixels
from processors.taste.analysers.wearer import without_wearer

LEAST_SHARE = 0.10
"""A colour below this share of the item is a detail, not one of its colours."""


def colour_shares(
    pixels: Pixels, *, worn: bool | None = None, has_openings: bool = False
) -> dict[str, float]:
    """Colour name -> its share of the item (0 to 1), the largest first; empty for a wholly see-through picture."""
    scene = part(oklab(pixels.rgb), pixels.opaque, has_openings=has_openings)
    if not scene.item.any():
        return {}
    item = without_wearer(scene, worn=worn)
    weights = (item * _attention(item))[item]
    shares = weights @ name_shares(scene.lab[item])
    shares /= shares.sum()
    order = np.argsort(-shares, kind="stable")
    return {names()[i]: float(shares[i]) for i in order if shares[i] > 0}


def _attention(item: Mask) -> NDArray[np.float64]:
    """How much each pixel counts: the middle of the item's box most, since other garments show at its ends."""
    rows, columns = np.nonzero(item)
    top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    y = (np.arange(item.shape[0]) - (top + bottom) / 2) / max(bottom - top, 1)
    x = (np.arange(item.shape[1]) - (left + right) / 2) / max(right - left, 1)
    weights: NDArray[np.float64] = np.exp(-((y[:, None] / 0.3) ** 2) - (x[None] / 0.35) ** 2)
    return weights
