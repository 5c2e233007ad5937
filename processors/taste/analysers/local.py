"""What can be told of an item without asking anyone? Colours from its picture, the rest from its words.

Pure and synchronous: about 10 ms of CPU for a picture. Importing this module loads Pillow and numpy.
"""

from __future__ import annotations

from processors.taste.analysers.brands import brand_in, recorded
from processors.taste.analysers.colour_words import agreed, colour_words
from processors.taste.analysers.colours import LEAST_SHARE, colour_shares
from processors.taste.analysers.findings import MAX_COLORS, MAX_GARMENTS, Findings, ItemText
from processors.taste.analysers.garments import kinds_named, with_broader
from processors.taste.analysers.picture import decode
from processors.taste.analysers.styles import COMMON_WORDS, keywords
from processors.taste.analysers.words import tokens

ANALYSER = "local-1"


def analyse(picture: bytes, item: ItemText) -> Findings:
    """Findings about the item in `picture`, of which `item` is known.

    Raises Permanent (dependency ``content``): `picture_undecodable` or `picture_too_large`.
    """
    pixels = decode(picture)
    title = tokens(item.title)
    brand, start, end = brand_in(title, COMMON_WORDS)
    words = title[:start] + title[end:]
    sources = (words, tokens(item.category or ""), tokens(" , ".join(item.tags)))

    kinds = next((kinds for kinds in map(kinds_named, sources) if kinds), ())
    shares = colour_shares(pixels)
    said = next((said for said in (colour_words(words), colour_words(sources[2])) if said), ())
    seen = tuple(name for name, share in shares.items() if share >= LEAST_SHARE)
    colors = tuple(dict.fromkeys((*agreed(said, shares, LEAST_SHARE), *seen)))[:MAX_COLORS]
    return Findings(
        style_keywords=keywords(sources, kinds, shares),
        colors=colors,
        garments=with_broader(kinds)[:MAX_GARMENTS],
        brand=recorded(item.brand) or brand,
        analyser=ANALYSER,
    )
