"""Wearer detection: does somebody wear the item, and which pixels are that person?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from processors.taste.analysers.background import Lab, Mask, Scene, grown

HEAD_SHARE = 0.25
"""A face, if there is one, lies in this upper part of the item's box."""

LEAST_FACE_SHARE = 0.015
"""Fewer skin-coloured pixels up there, as a share of the item, are no face."""

MOST_SKIN_SHARE = 0.6
"""Above this share of the item, skin colour is the item's own."""

LEAST_REST_SHARE = 0.1
"""Less than this share of the item besides skin means that the skin wasn't skin."""


def without_wearer(scene: Scene, *, worn: bool | None) -> Mask:
    """The item without the face, hair and skin of its wearer; all of it where skin colour is its own.

    `worn` tells whether an item of its kind is shown on a person; None when that isn't known.
    """
    skin, has_face = _skin(scene, worn)
    item = scene.item
    if not 0 < skin.sum() < MOST_SKIN_SHARE * item.sum():
        return item
    rest = item & ~grown(skin)
    if has_face:
        rest[: _chin(skin, item)] = False
    return rest if rest.sum() > LEAST_REST_SHARE * item.sum() else item & ~skin


def _skin(scene: Scene, worn: bool | None) -> tuple[Mask, bool]:
    """Skin inside the item, and whether some of it is a face."""
    nothing = np.zeros_like(scene.item)
    if worn is False:
        return nothing, False
    top, bottom, left, right = _box(scene.item)
    skin = scene.item & _skin_coloured(scene.lab)
    skin &= grown(~grown(~skin))  # only patches of it: single pixels are prints and leather
    head = nothing.copy()
    head[top : top + max(1, round((bottom - top) * HEAD_SHARE))] = True
    face = skin & head
    if face.sum() >= LEAST_FACE_SHARE * scene.item.sum():
        return skin & _like(scene.lab, face), True
    tall = (bottom - top) > 1.2 * (right - left)
    return (skin, False) if worn or tall else (nothing, False)


def _skin_coloured(lab: Lab) -> Mask:
    """True where a pixel has a colour of human skin, of any tone, under usual light."""
    lightness, (chroma, hue) = lab[..., 0], _chroma_and_hue(lab)
    return (lightness > 0.36) & (lightness < 0.93) & (chroma > 0.025) & (chroma < 0.14) & (hue > 22) & (hue < 78)


def _like(lab: Lab, face: Mask) -> Mask:
    """Where a pixel's colour could be the skin of this very face, lit or in shadow."""
    chroma, hue = _chroma_and_hue(lab)
    lightness = lab[..., 0]
    return (
        (np.abs(hue - np.median(hue[face])) < 16)
        & (np.abs(lightness - np.median(lightness[face])) < 0.24)
        & (chroma > 0.5 * np.median(chroma[face]))
        & (chroma < 1.7 * np.median(chroma[face]))
    )


def _chroma_and_hue(lab: Lab) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.hypot(lab[..., 1], lab[..., 2]), np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))


def _chin(skin: Mask, item: Mask) -> int:
    """The row where the head ends: the first, below the face's widest, that is twice as wide as the face."""
    top, bottom, _, _ = _box(item)
    widths = item.sum(axis=1)
    upper = skin[top : top + max(1, round((bottom - top) * HEAD_SHARE))]
    face_width = max(1, int(np.max(upper.sum(axis=1))))
    for row in range(top, top + round((bottom - top) * 0.4)):
        if widths[row] > 2.2 * face_width and row > top + 2:
            return row
    return top + round((bottom - top) * HEAD_SHARE)


def _box(mask: Mask) -> tuple[int, int, int, int]:
    """Top, bottom, left, right of what is True, the ends included."""
    rows, columns = np.nonzero(mask)
    return int(np.min(rows)), int(np.max(rows)), int(np.min(columns)), int(np.max(columns))
