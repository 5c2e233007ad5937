"""Lexicon of colours: which words name which colour. Plain data.

`PLAIN` words mean a colour wherever they stand. `FANCY` ones also name plants, drinks, stones and moods ("rose",
"wine", "sand"), so they count only where the picture doesn't speak against them.
"""

from __future__ import annotations

from typing import Final

PLAIN: Final[dict[str, str]] = {
    "black": "black, jet black, coal black, pitch black, blk",
    "white": "white, snow white, optic white, bright white, wht, pure white",
    "off white": "off white, offwhite, bone white, antique white",
    "grey": (
        "grey, gray, ash grey, slate grey, gunmetal, anthracite, grey melange, heather grey, "
        "dark grey, light grey, steel grey, marl grey, grey marl, dark gray, light gray, "
        "heather gray, gry"
    ),
    "charcoal": "charcoal grey, charcoal gray, dark charcoal",
    "silver": "silver, silver tone, silver toned, silver plated, sterling silver",
    "cream": "cream coloured, cream white, ivory, ecru",
    "beige": "beige, greige, oatmeal, biscuit, fawn",
    "nude": "nude",
    "taupe": "taupe",
    "tan": "tan, camel, cognac, tan brown",
    "brown": (
        "brown, dark brown, coffee brown, chocolate brown, mushroom brown, light brown, umber, sepia, tobacco, brn"
    ),
    "khaki": "khaki",
    "olive": "olive, olive green, army green, military green, olive drab",
    "red": "red, scarlet, crimson, vermilion, blood red, fire red, cherry red",
    "maroon": "maroon, wine red, dark red, deep red",
    "burgundy": "burgundy, oxblood, bordeaux",
    "orange": "orange, tangerine, burnt orange, neon orange, fluorescent orange",
    "rust": "rust, rust orange, terracotta, terra cotta",
    "peach": "peach, apricot, dark peach, light peach",
    "coral": "coral, coral pink, coral red",
    "yellow": "yellow, lemon yellow, canary, neon yellow, fluorescent yellow, golden yellow, bright yellow",
    "mustard": "mustard, mustard yellow, ochre",
    "gold": "gold, golden, gold tone, gold toned, gold plated, yellow gold, antique gold",
    "rose gold": "rose gold, rose gold toned, rose gold plated",
    "bronze": "bronze",
    "copper": "copper",
    "green": (
        "green, lime green, bottle green, forest green, emerald green, sea green, neon green, fluorescent "
        "green, parrot green, mint green, dark green, light green, pista green, sage green, moss green, grn, "
        "kelly green"
    ),
    "teal": "teal, teal blue, teal green, petrol blue, petrol",
    "turquoise": "turquoise, turquoise blue, aqua blue, aquamarine, cyan, aqua green",
    "blue": (
        "blue, sky blue, royal blue, baby blue, powder blue, cobalt, cobalt blue, azure, ice blue, light "
        "blue, indigo blue, denim blue, electric blue, sapphire blue, steel blue, blu, bright blue, cerulean"
    ),
    "navy blue": "navy, navy blue, midnight blue, dark blue, ink blue, dark navy, midnight navy",
    "purple": "purple, violet, aubergine, eggplant, plum purple, deep purple",
    "lavender": "lavender, lilac, mauve, light purple",
    "magenta": "magenta, fuchsia, fuschia",
    "pink": (
        "pink, hot pink, baby pink, rose pink, blush pink, salmon pink, dusty pink, neon pink, fuchsia pink, "
        "light pink, dark pink, dusky pink, bubblegum pink"
    ),
}
FANCY: Final[dict[str, str]] = {
    "black": "onyx, ebony, raven, midnight, noir, jet, caviar, obsidian",
    "white": "pearl, chalk, snow, milk, blanc, alabaster, vanilla, eggshell",
    "cream": "cream, champagne, buttermilk",
    "grey": (
        "charcoal, slate, ash, stone, graphite, steel, smoke, melange, cement, heather, fog, pewter, lead, shadow, marl"
    ),
    "beige": "sand, stone, almond, cashew, dune, linen, wheat, hazelnut, latte, natural",
    "brown": (
        "coffee, chocolate, mocha, espresso, walnut, chestnut, mahogany, cocoa, caramel, mushroom, cinnamon, "
        "toffee, java, earth, tawny, sienna"
    ),
    "khaki": "desert",
    "olive": "army, military, moss, camo, camouflage",
    "red": "ruby, cherry, tomato, chilli, poppy, brick, strawberry, rouge, cranberry, garnet, rosso",
    "maroon": "wine, merlot, marsala, mulberry, berry",
    "orange": "amber, pumpkin, papaya, mango, tangerine, mandarin, carrot, sunset",
    "peach": "salmon, melon",
    "yellow": "lemon, banana, sunshine, sunflower, corn, citrus, canary, sun, daffodil, saffron, turmeric",
    "green": (
        "mint, lime, emerald, sage, jade, pistachio, forest, fern, leaf, basil, avocado, apple, pine, grass, pista"
    ),
    "turquoise": "aqua, ocean",
    "blue": "sky, royal, indigo, sapphire, denim, ocean, cornflower, periwinkle, ink, azure, marine",
    "purple": "plum, grape, orchid, amethyst, wine, heather, jam, iris, mulberry, aubergine",
    "pink": (
        "rose, blush, flamingo, bubblegum, candy, salmon, peony, watermelon, punch, cerise, raspberry, coral, peach"
    ),
    "gold": "brass, honey, metallic gold",
    "silver": "metallic, platinum, chrome",
}

KIN: Final[dict[str, tuple[str, ...]]] = {
    "off white": ("white", "cream"),
    "charcoal": ("grey", "black"),
    "nude": ("beige", "peach", "tan"),
    "taupe": ("beige", "brown", "grey"),
    "burgundy": ("maroon", "red"),
    "rust": ("orange", "brown"),
    "coral": ("pink", "orange", "red", "peach"),
    "rose gold": ("gold", "pink", "peach"),
    "bronze": ("brown", "gold", "tan"),
    "copper": ("brown", "orange"),
}
"""Names that only words give -> the names that the palette has for such pixels, the most usual first."""
