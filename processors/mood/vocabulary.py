"""Vocabulary of moods: the twelve primary ones, and what items are made of, look like and are. Plain data."""

from __future__ import annotations

from typing import Final

PRIMARY: Final[dict[str, str]] = {
    "minimal": "minimal, minimalist, minimalism, clean lines, capsule, understated, quiet luxury, monochrome, neutral",
    "romantic": "romantic, lace, ruffle, floral, feminine, bow, balletcore, coquette, cottagecore, tulle, blouse",
    "streetwear": "streetwear, street style, hoodie, oversized, skate, skater, graphic tee, sneaker, baggy, urban",
    "sporty": "sporty, athleisure, running, tennis, track, tracksuit, jersey, performance, activewear, gym, legging",
    "classic": "classic, timeless, tailored, tailoring, trench, blazer, heritage, old money, office, loafer, suit",
    "bohemian": "bohemian, boho, fringe, crochet, festival, paisley, folk, macrame, hippie, kaftan",
    "glamour": "glamour, glam, sequin, satin, party, evening, cocktail, metallic, velvet, gown, rhinestone, glitter",
    "utility": "utility, utilitarian, workwear, gorpcore, outdoor, hiking, fleece, parka, military, cargo, canvas",
    "vintage": "vintage, retro, y2k, 70s, 80s, 90s, second hand, thrift, thrifted, nostalgia, archive",
    "preppy": "preppy, prep, varsity, argyle, polo, pleated, collegiate, cable knit, rugby, campus",
    "edgy": "edgy, punk, grunge, leather, biker, goth, gothic, studded, combat boot, distressed",
    "resort": "resort, beach, vacation, linen, tropical, swim, swimwear, coastal, holiday, sun hat, raffia, sandal",
}
"""Primary mood -> words that suggest it. Order breaks ties."""

PALETTE: Final[dict[str, str]] = {
    "black": "#111111", "white": "#fafafa", "grey": "#8c8c8c", "gray": "#8c8c8c", "charcoal": "#36454f",
    "silver": "#c0c0c0", "cream": "#fff4d6", "ivory": "#fffff0", "beige": "#d9c4a0", "sand": "#d8c3a5",
    "tan": "#b58b5e", "camel": "#c19a6b", "brown": "#6f4e37", "chocolate": "#4b2e1e", "khaki": "#8a8456",
    "olive": "#6b6b2f", "sage": "#9caf88", "green": "#2e7d32", "emerald": "#046a4e", "mint": "#a8e0c4",
    "teal": "#0f766e", "turquoise": "#40c9bd", "blue": "#2256b3", "navy": "#14213d", "indigo": "#3b2f85",
    "denim": "#4a6a8a", "lilac": "#c8a2c8", "lavender": "#b9a3e3", "purple": "#6a2c91", "plum": "#6e2f55",
    "pink": "#f29ab7", "blush": "#f2c6c2", "fuchsia": "#d61f83", "red": "#c62828", "burgundy": "#6d1a2d",
    "rust": "#b0492a", "terracotta": "#c8694a", "orange": "#ee7b30", "peach": "#f9bf9b", "coral": "#f7745f",
    "yellow": "#f5c931", "mustard": "#d3a121", "gold": "#c9a227", "bronze": "#9a6b3a", "copper": "#b5693b",
}  # fmt: skip
"""Colour -> its hexadecimal RGB."""

PATTERNS: Final = (
    "striped, stripe, pinstripe, checked, plaid, tartan, gingham, houndstooth, floral, polka dot, leopard, zebra, "
    "animal print, camouflage, camo, tie dye, paisley, argyle, graphic, embroidered, patchwork, colour block"
)
SILHOUETTES: Final = (
    "oversized, slim, fitted, relaxed, boxy, cropped, wide leg, straight leg, flared, a line, high waisted, low rise, "
    "midi, maxi, mini, tailored, draped, pleated, baggy, bias cut"
)
FABRICS: Final = (
    "linen, cotton, denim, silk, satin, velvet, wool, cashmere, knit, fleece, leather, suede, lace, tulle, mesh, "
    "nylon, canvas, corduroy, tweed, crochet, raffia, sequin, jersey, poplin"
)
PIECES: Final = (
    "t shirt, tee, shirt, blouse, sweater, cardigan, hoodie, sweatshirt, blazer, suit, jacket, coat, parka, "
    "trench coat, puffer, vest, dress, slip dress, gown, skirt, jean, trouser, chino, cargo pant, legging, short, "
    "jumpsuit, kaftan, swimsuit, bikini, sneaker, loafer, boot, combat boot, heel, sandal, ballet flat, bag, tote, "
    "clutch, belt, scarf, sun hat, beanie, cap, tie, necklace, earring, sunglasses, watch"
)
