"""Background removal: which pixels show the item? Not backdrop, see-through parts and the item's blurred outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Lab = NDArray[np.float64]

TOLERANCE = 0.03
"""OKLab distance from the backdrop that still counts as backdrop, on a backdrop without noise."""

MOST_GREY_LIGHTNESS = 0.93
"""On a lighter backdrop nothing is taken for its shadow: white items are as smooth."""

SHADOW_STEP, SHADOW_DEPTH, SHADOW_TINT = 0.012, 0.15, 0.012
"""A shadow changes less than this from pixel to pixel, and differs less than this in lightness and in tint."""

LEAST_ITEM_SHARE = 0.04
"""An item smaller than this share of the picture was taken for backdrop itself: then the whole middle counts."""

HOLE_TOLERANCE = 0.012
"""Nearer than this to the backdrop inside an item with openings is a hole: what shines through a bag's handles."""

MOST_HOLES_SHARE = 0.35
"""More holes than this, as a share of the item, are no holes but an item as white as its backdrop."""

LEAST_CORE_SHARE = 0.4
"""An item so thin that less than this stays without its outline keeps the outline (chains, straps)."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture parted into item and backdrop: OKLab pixels under neutral light, and where the item is.

    `item` is never all False, unless the picture is wholly see-through.
    """

    lab: Lab
    item: Mask


def part(lab: Lab, opaque: Mask, *, has_openings: bool) -> Scene:
    """Find the item in a picture. `has_openings`: an item of its kind shows the backdrop inside its outline."""
    expected, noise = _edge_model(lab)
    apart = np.linalg.norm(lab - expected, axis=2)
    neutral = _under_neutral_light(lab, expected)
    item = ~_reachable((apart < TOLERANCE + 2.0 * noise) | _shadow(lab, expected)) & opaque
    if item.mean() < LEAST_ITEM_SHARE:
        middle = _middle(item.shape) & opaque
        return Scene(neutral, middle if middle.any() else opaque)
    holes = item & (apart < HOLE_TOLERANCE)
    if has_openings and holes.sum() < MOST_HOLES_SHARE * item.sum():
        item = item & ~holes
    core = ~grown(~item)  # pixels on the outline mix the item's colour with the backdrop's
    return Scene(neutral, core if core.sum() > LEAST_CORE_SHARE * item.sum() else item)


def grown(mask: Mask) -> Mask:
    """`mask` and its neighbours above, below, left and right."""
    wider = mask.copy()
    wider[1:] |= mask[:-1]
    wider[:-1] |= mask[1:]
    wider[:, 1:] |= mask[:, :-1]
    wider[:, :-1] |= mask[:, 1:]
    return wider


def _under_neutral_light(lab: Lab, backdrop: Lab) -> Lab:
    """The picture without the tint of its light, as a nearly grey or white backdrop shows it."""
    tint: Lab = np.median(backdrop.reshape(-1, 3), axis=0)
    if tint[0] < 0.6 or np.hypot(tint[1], tint[2]) > 0.03:
        return lab
    neutral: Lab = lab - lab[..., :1] / tint[0] * np.array([0.0, tint[1], tint[2]])
    return neutral


def _edge_model(lab: Lab) -> tuple[Lab, float]:
    """The backdrop's colour at each pixel, a surface through the edge pixels that agree, and how far those scatter."""
    height, width = lab.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    x, y = columns / max(width - 1, 1) - 0.5, rows / max(height - 1, 1) - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y], axis=-1)
    edge = np.zeros((height, width), dtype=bool)
    edge[:2], edge[:, :2], edge[:, -2:] = True, True, True  # not the lower edge: a wearer's legs cross it
    colours, design = lab[edge], terms[edge]
    centre = _commonest(colours)
    agrees = np.linalg.norm(colours - centre, axis=1) < 0.12
    noise = 0.0
    expected: Lab = np.broadcast_to(centre, lab.shape)
    for _ in range(3):
        if agrees.sum() < 12:
            break
        surface = np.linalg.lstsq(design[agrees], colours[agrees], rcond=None)[0]
        apart = np.linalg.norm(colours - design @ surface, axis=1)
        noise = float(np.median(apart[agrees]))
        expected = terms @ surface
        agrees = apart < max(0.03, 3.0 * noise)
    return expected, min(noise, 0.02)


def _shadow(lab: Lab, backdrop: Lab) -> Mask:
    """Where a grey backdrop goes on, but lighter or darker: smooth, and of its hue."""
    step = np.zeros(lab.shape[:2])
    down, across = np.abs(np.diff(lab[..., 0], axis=0)), np.abs(np.diff(lab[..., 0], axis=1))
    step[1:] = np.maximum(step[1:], down)
    step[:-1] = np.maximum(step[:-1], down)
    step[:, 1:] = np.maximum(step[:, 1:], across)
    step[:, :-1] = np.maximum(step[:, :-1], across)
    apart = np.abs(lab - backdrop)
    tinted = np.hypot(apart[..., 1], apart[..., 2])
    dim = backdrop[..., 0] < MOST_GREY_LIGHTNESS
    shadow: Mask = dim & (step < SHADOW_STEP) & (apart[..., 0] < SHADOW_DEPTH) & (tinted < SHADOW_TINT)
    return shadow


def _commonest(colours: Lab) -> Lab:
    cells = np.round(colours / 0.06).astype(np.int64)
    _, which, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    centre: Lab = np.median(colours[which.reshape(-1) == int(np.argmax(counts))], axis=0)
    return centre


def _reachable(allowed: Mask) -> Mask:
    """The part of `allowed` that is connected with the picture's edge."""
    reached = np.zeros_like(allowed)
    reached[0], reached[-1], reached[:, 0], reached[:, -1] = allowed[0], allowed[-1], allowed[:, 0], allowed[:, -1]
    while True:
        wider = grown(reached) & allowed
        if np.array_equal(wider, reached):
            return reached
        reached = wider


def _middle(shape: tuple[int, ...]) -> Mask:
    height, width = shape
    middle = np.zeros((height, width), dtype=bool)
    middle[height // 4 : height - height // 4, width // 4 : width - width // 4] = True
    return middle
