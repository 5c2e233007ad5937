"""Taxonomy of garments: sections, broader names, and words that mislead. Plain data."""

from __future__ import annotations

from typing import Final

from processors.taste.analysers import lexicon_apparel as apparel
from processors.taste.analysers import lexicon_goods as goods

SECTIONS: Final[dict[str, dict[str, str]]] = {
    "tops": apparel.TOPS,
    "outerwear": apparel.OUTERWEAR,
    "bottoms": apparel.BOTTOMS,
    "one-piece": apparel.ONE_PIECE,
    "ethnic": apparel.ETHNIC,
    "underwear": apparel.UNDERWEAR,
    "nightwear": apparel.NIGHTWEAR,
    "swimwear": apparel.SWIMWEAR,
    "footwear": goods.FOOTWEAR,
    "bags": goods.BAGS,
    "jewellery": goods.JEWELLERY,
    "accessories": goods.ACCESSORIES,
    "beauty": goods.BEAUTY,
    "sports": goods.SPORTS,
}
"""Section -> kind of item -> its forms."""

BROADER: Final[dict[str, str]] = {
    "polo shirts": "t-shirts",
    "tank tops": "tops",
    "blouses": "tops",
    "tunics": "tops",
    "hoodies": "sweatshirts",
    "cardigans": "sweaters",
    "rain jackets": "jackets",
    "nehru jackets": "jackets",
    "jeggings": "leggings",
    "kurtis": "kurtas",
    "casual shoes": "shoes",
    "sneakers": "shoes",
    "sports shoes": "shoes",
    "formal shoes": "shoes",
    "loafers": "shoes",
    "heels": "shoes",
    "wedges": "heels",
    "flats": "shoes",
    "sports sandals": "sandals",
    "mules": "sandals",
    "house slippers": "flip flops",
    "handbags": "bags",
    "tote bags": "bags",
    "backpacks": "bags",
    "laptop bags": "bags",
    "messenger bags": "bags",
    "sling bags": "bags",
    "duffel bags": "bags",
    "trolley bags": "bags",
    "clutches": "bags",
    "necklaces": "jewellery",
    "body mists": "perfumes",
    "bow ties": "ties",
    "beanies": "caps",
    "pyjamas": "night suits",
    "shrugs": "cardigans",
    "boxer briefs": "briefs",
    "undershirts": "vests",
    "lounge pants": "pyjamas",
    "bathrobes": "robes",
    "booties": "boots",
    "rucksacks": "backpacks",
    "headbands": "hair accessories",
    "face wash": "face care",
    "face moisturisers": "face care",
    "face serums": "face care",
    "toners": "face care",
    "face packs": "face care",
    "scrubs": "face care",
    "body lotions": "body care",
    "body wash": "body care",
    "talc": "body care",
    "shampoo": "hair care",
    "hair colour": "hair care",
}
"""The name that a less particular person would use for a kind."""

REFINED: Final[dict[str, dict[str, str]]] = {
    "shoes": {"formal": "formal shoes", "sporty": "sports shoes", "casual": "casual shoes"},
    "sandals": {"sporty": "sports sandals"},
}
"""General kind -> style keyword -> what a kind of that style is called ("casual … shoe")."""

WEAK: Final[str] = (
    "canvas, khaki, round neck, platform, wedge, bottom, strap, stud, hoop, cuff, charm, shade, glass, brace, "
    "buff, kick, runner, driver, shift, maxi, wrap, slip, halter, halter neck, turtle neck, turtleneck, roll "
    "neck, polo neck, crewneck, knit, compact, gloss, highlighter, serum, foundation, scent, sling, chain, "
    "thong, thermal, biker, bomber, trucker, puffer, mac, cape, slip on, slipon, mule, visor, messenger, "
    "spinner, trolley, swim, spaghetti, racerback, raglan, ringer, peplum, bandeau, cargo, "
    "bootcut, comb, primer, peel, contour, ballet, bottle, shaker, tumbler, flask, ball, bat, footie, flannel, "
    "oxford, derby, panama, wayfarer, aviator, trunk, brief, tight, flat, heel, pump, stiletto, fleece, cosmetic, "
    "underwear, innerwear, lingerie, hosiery, footwear, knitwear, eyewear, neckwear, jewellery, jewelry, "
    "sleepwear, nightwear, loungewear, shopper, high top, low top, hi top, button down, button up, badge, "
    "trainer, lace up"
)
"""Forms that also say how another item is made or worn ("canvas shoes", "wrap dress").

They name a kind only where nothing else in the text does."""

NOT_GARMENTS: Final[str] = (
    "short sleeve, short sleeved, long sleeve, long sleeved, half sleeve, full sleeve, shirt collar, flat front, "
    "high top sole, ring detail, chain detail, belt loop, tie waist, tie up, tie front, tie dye, tie neck, tie "
    "back, wrap front, wrap around, cap sleeve, bell sleeve, flat lay, dress code, dress up, pant length, top "
    "stitch, heel height, inch heel, flat heel, watch pocket, knit fabric, cargo pocket, pouch pocket, button "
    "down collar, polo collar, shirt style, jersey fabric, jersey knit, flat knit, glass bead, top quality, best "
    "seller, cup size, band collar, boot cut, boat neck, slim fit, low heel, mid heel, pump action, running late, "
    "free size, ball gown style, suit you, tank girl, fleece lined, fleece lining, fur lined, denim blue, tight "
    "fit, short length"
)
"""Phrases that hold the word of a kind and mean none."""
