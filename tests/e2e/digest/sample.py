"""A made-up user's mail with everything in it, made by the app's own rules; garments are drawn."""

from __future__ import annotations

import io
from datetime import timedelta

from PIL import Image, ImageDraw

from operations.pictures import THUMBNAIL_SIDE, Picture
from processors.digest import mail
from processors.digest.content import with_suggestions
from processors.digest.links import Links
from processors.digest.page import render
from processors.digest.person import Person
from processors.digest.suggestions import RULES, by_rules, candidates
from processors.mood.recent import RecentMood
from tests.unit.digest.build import AT, WEEK, around, drafted, inputs, item, scraped, taste, worn

SENDER = "Your wardrobe <digest@wardrobe.example>"
LINKS = Links("https://api.example", "k" * 32, "ada", WEEK, "Wardrobe Ltd, 1 Needle Lane, Leeds")
ENGLISH = Person(name="Ada", email="ada@example.com", consent=True, locale="en-GB")
ARABIC = Person(name="نور", email="nour@example.com", consent=True, locale="ar")
_COLOURS = {
    "Striped shirt": "#4f6d7a", "Linen dress": "#c0a27a", "Wool coat": "#6b5b4b", "Leather boots": "#5a3a28",
    "Linen shirt in sage": "#8a9a7b",
}  # fmt: skip
_ARABIC = {
    "Striped shirt": "قميص مخطط", "Linen dress": "فستان كتان", "Wool coat": "معطف صوف", "Leather boots": "حذاء جلد",
    "Straight jeans": "جينز مستقيم", "Silk scarf": "وشاح حرير", "Straw hat": "قبعة قش", "Canvas bag": "حقيبة قماش",
}  # fmt: skip


def message(person: Person = ENGLISH) -> bytes:
    """Return the mail; titles are in the language of the person."""
    said = _ARABIC if person.direction == "rtl" else {}

    def owned(title: str, kind: str, wears: int = 0, day: str = "", dollars: int = 40) -> dict[str, object]:
        key = title.lower().replace(" ", "-")
        more = {"title": said.get(title, title), "category": f"Clothing > {kind}", "priceMicroUsd": dollars * 1_000_000}
        if title in _COLOURS:
            more["thumbnail"] = f"ada/{key}.thumb.jpg"
        return worn(key, wears, day, **more) if wears else item(key, **more)

    wardrobe = (
        owned("Striped shirt", "Tops", 11, "2026-11-20", 38), owned("Straight jeans", "Trousers", 9, "2026-11-19", 89),
        owned("Linen dress", "Dresses", 2, "2026-08-02", 120), owned("Wool coat", "Coats", 3, "2026-03-01", 260),
        owned("Leather boots", "Shoes", 6, "2026-11-18", 180), owned("Silk scarf", "Accessories", dollars=45),
        owned("Straw hat", "Accessories", 1, "2026-07-12", 30), owned("Canvas bag", "Bags", 14, "2026-11-21", 25),
    )  # fmt: skip
    days = {"striped-shirt": (3, 9, 17, 24, 38), "straight-jeans": (4, 11, 25, 39), "leather-boots": (5, 12),
            "canvas-bag": (2, 10, 18, 30, 44)}  # fmt: skip
    wears = tuple(
        {"itemId": key, "wornAt": (AT - timedelta(days=ago)).isoformat()}
        for key, all_of in days.items()
        for ago in all_of
    )
    palette = ("#efe6d8", "#c9b48f", "#8a9a7b", "#5f6f65", "#33403b")
    sea = RecentMood("m", "Coastal linen", "resort", "Washed linen, sand and salt.", palette, ("linen", "dress"), 9)
    finds = (
        scraped("s1", "Linen shirt in sage", sourceId="shop", imageHash="ab", priceMicro=49_000_000, currency="EUR"),
        scraped("s2", "Striped linen trousers", priceMicro=65_500_000, currency="EUR"),
        scraped("s3", "Wool jumper, undyed", priceMicro=79_000_000, currency="GBP"),
        scraped("s4", "Canvas tote with leather straps", priceMicro=35_000_000, currency="USD"),
    )
    verdict = {"item": "z", "title": "Neon linen shorts", "verdict": "down", "updatedAt": "2026-11-20T09:00:00.000Z"}
    likes = taste(linen=3.0, wool=1.0, canvas=0.5)
    mine = inputs(*wardrobe, wears=wears, taste=likes, feedback=(verdict,), person=person)
    draft = drafted(mine, around(sea, items=finds))
    digest = with_suggestions(draft.digest, by_rules(candidates(mine, draft)), RULES)
    drawn = {f"ada/{title.lower().replace(' ', '-')}.thumb.jpg": _drawn(title) for title in _COLOURS}
    drawn["scraped:shop/s1"] = _drawn("Linen shirt in sage")
    pictures = {one.picture: drawn[one.picture] for one in digest.suggestions if one.picture}
    html = render(digest, pictures, LINKS)
    return mail.message(digest, html, person=person, sender=SENDER, pictures=pictures, links=LINKS)


def _drawn(title: str) -> bytes:
    """Return a thumbnail of a garment, drawn, as an import makes it of a photograph."""
    image = Image.new("RGB", (600, 600), "#efe7da")
    draw, colour = ImageDraw.Draw(image), _COLOURS[title]
    if "boots" in title:
        draw.polygon([(170, 120), (300, 120), (300, 380), (470, 430), (470, 500), (170, 500)], fill=colour)
    elif "dress" in title:
        draw.polygon([(240, 90), (360, 90), (370, 250), (480, 520), (120, 520), (230, 250)], fill=colour)
    else:
        low = 540 if "coat" in title else 470
        body = [
            (210, 100),
            (390, 100),
            (540, 230),
            (480, 300),
            (420, 250),
            (420, low),
            (180, low),
            (180, 250),
            (120, 300),
        ]
        draw.polygon([*body, (60, 230)], fill=colour)
    if "Striped" in title:
        for y in range(140, 470, 44):
            draw.rectangle([(182, y), (418, y + 16)], fill="#f4efe6")
    stream = io.BytesIO()
    image.save(stream, "PNG")
    thumbnail = Picture(stream.getvalue(), title).thumbnail()
    assert max(Image.open(io.BytesIO(thumbnail)).size) == THUMBNAIL_SIDE
    return thumbnail
