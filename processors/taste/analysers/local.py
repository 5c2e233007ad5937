"""Local analyser, which asks nobody: colours from the item's picture, the rest from its words.

Pure and synchronous: some 10 ms of CPU for a shop's picture. Importing this module loads Pillow and numpy.
"""

from __future__ import annotations

from processors.taste.analysers.brands import brand_in, recorded
from processors.taste.analysers.colour_words import colour_words
from processors.taste.analysers.colours import colour_shares, colours_of
from processors.taste.analysers.findings import MAX_GARMENTS, Findings, ItemText
from processors.taste.analysers.garments import kinds_in_path, kinds_named, refined, with_broader, without_kinds
from processors.taste.analysers.looks import look_of
from processors.taste.analysers.picture import decode
from processors.taste.analysers.styles import COMMON_STEMS, keywords, styles_named
from processors.taste.analysers.words import tokens

ANALYSER = "local-1"


def analyse(picture: bytes, item: ItemText) -> Findings:
    """Findings about the item in `picture`, of which `item` is known.

    Raises Permanent (dependency ``content``): `picture_undecodable` or `picture_too_large`.
    """
    pixels = decode(picture)
    title = tokens(item.title)
    brand, start, end = brand_in(title, COMMON_STEMS)
    words = title[:start] + title[end:]  # a brand's words mean nothing: Red Tape isn't red
    category = tokens(item.category or "")
    tags = tokens(", ".join(item.tags))

    styles = styles_named(words)
    kinds = refined(kinds_named(words) or kinds_in_path(category) or kinds_named(tags), styles)
    shares = colour_shares(pixels, look_of(kinds))
    return Findings(
        style_keywords=keywords((*styles, *styles_named(category), *styles_named(tags)), kinds, shares),
        colors=colours_of(shares, colour_words(without_kinds(words)) or colour_words(without_kinds(tags))),
        garments=with_broader(kinds)[:MAX_GARMENTS],
        brand=recorded(item.brand) or brand,
        analyser=ANALYSER,
    )
