"""HTML page of a digest, an e-mail too: one file, light and dark, from 360 px up, of what mail programs show.

Its pictures are parts of the message (``cid:``), or, where it stands alone, in the page itself (``data:``): nothing is
fetched.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from processors.digest import wording
from processors.digest.links import Links
from processors.digest.model import Category, Digest, Week
from processors.digest.wardrobe_facts import has_chart
from shared import clock
from shared.documents.ids import sha256

if TYPE_CHECKING:
    from jinja2 import Template

MAX_BYTES = 100_000
"""Gmail cuts off what is above 102 KB."""
CHART_HEIGHT = 64
"""Of the highest bar, in pixels."""
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_NOT_ALLOWED = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd"
    + "".join(f"{chr(plane << 16)}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17))
    + "]"
)
"""Control characters but tab and line break, halves of surrogate pairs, and code points that are no characters."""


def render(digest: Digest, pictures: Mapping[str, bytes] | None = None, links: Links | None = None) -> str:
    """Return the digest as the HTML part of a message. Every text is escaped; what isn't http(s) is no link.

    `pictures` are JPEGs by the names that suggestions give: parts of the message, by `cid_of` their names. Characters
    that HTML and XML don't allow are left out.
    """
    at = clock.parse(digest.asOf)
    charted = has_chart(digest.wearsByWeek)
    page = _template().render(
        digest=digest,
        week=wording.week_of(digest.week),
        greeting=greeting(digest),
        preheader=preheader(digest),
        pictures={name: cid_of(name) for name in pictures or ()},
        any_picture=any(one.picture in (pictures or ()) for one in digest.suggestions),
        links=links,
        chart=bars(digest.wearsByWeek) if charted else [],
        chart_from=wording.day(wording.monday(digest.wearsByWeek[0].week)) if charted else "",
        shares=shares(digest.balance),
        glance=glance(digest),
        last_worn_at=at,
    )
    return plain_characters(page)


def standing_alone(page: str, pictures: Mapping[str, bytes]) -> str:
    """Return a page with its pictures in itself, as many as its size allows."""
    size = len(page.encode())
    for name, picture in pictures.items():
        data = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
        size += len(data)
        if size <= MAX_BYTES:
            page = page.replace(f'src="cid:{cid_of(name)}"', f'src="{data}"')
        else:
            page = page.replace(f'<img src="cid:{cid_of(name)}"', "<img")
    return page


def cid_of(name: str) -> str:
    """Return the id of a picture's part of the message; the name, which holds a user's id, isn't in it."""
    return f"{sha256(name)[:24]}@nightshift"


def greeting(digest: Digest) -> str:
    """Return the first words to the user, and what the digest has."""
    hello = f"Good morning, {wording.capitalised(digest.name)}!" if digest.name else "Good morning!"
    things = len(digest.suggestions)
    if not things:
        return f"{hello} Here is what your wardrobe did."
    return f"{hello} Here {'is' if things == 1 else 'are'} {wording.number(things)} {_things(things)} to try this week."


def glance(digest: Digest) -> str:
    """Return the wardrobe in numbers, as a sentence."""
    of = digest.glance
    charted = has_chart(digest.wearsByWeek)
    return wording.glance(of.items, of.wornLately, of.microUsd, charted=charted) if of else ""


def preheader(digest: Digest) -> str:
    """Return what mail programs show beside the subject."""
    titles = [one.title for one in digest.suggestions[:3]]
    return ", ".join(titles) + "." if titles else "What you wore, and what waits for you."


def plain_characters(text: str) -> str:
    """Return a text without what HTML and XML don't allow."""
    return _NOT_ALLOWED.sub("", text)


def bars(weeks: list[Week]) -> list[dict[str, int]]:
    """Return the bars of the chart: wears, and height in pixels; 0 for a week without wears."""
    most = max((week.wears for week in weeks), default=0) or 1
    return [
        {"wears": week.wears, "height": max(4, CHART_HEIGHT * week.wears // most) if week.wears else 0}
        for week in weeks
    ]


def shares(parts: list[Category]) -> list[dict[str, Any]]:
    """Return the categories with whole percents: as many items always have the same. None where none has two items."""
    if len(parts) > 1 and all(part.items == 1 for part in parts):
        return []
    total = sum(part.items for part in parts)
    return [{"name": part.name, "percent": round(100 * part.items / total)} for part in parts]


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context

    environment = Environment(
        loader=PackageLoader("processors.digest"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "money": money,
        "usd": wording.usd,
        "link": link,
        "colour": _colour,
        "quoted": wording.quoted,
        "capitalised": wording.capitalised,
        "worn": wording.worn,
        "last_worn": pass_context(lambda context, days: wording.last_worn(days, context["last_worn_at"])),
    }
    return environment.get_template("digest.html.j2")


def _things(count: int) -> str:
    return "thing" if count == 1 else "things"


def money(micro: int, currency: str | None) -> str:
    """Return an amount with its currency."""
    return f"{micro / 1_000_000:,.2f}\N{NO-BREAK SPACE}{currency or ''}".strip()


def link(url: Any) -> str:
    """Return an address that may be a link; empty for any other."""
    text = str(url or "")
    try:
        return text if urlsplit(text).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _colour(value: str) -> str:
    return value if _COLOUR.fullmatch(value) else "#888888"
