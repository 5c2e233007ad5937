"""Plain text of a digest: the part of the mail for whoever reads without HTML."""

from __future__ import annotations

from collections.abc import Iterator

from processors.digest import page, wording
from processors.digest.links import Links
from processors.digest.model import Digest
from processors.digest.wardrobe_facts import has_chart
from shared import clock


def render(digest: Digest, links: Links | None = None) -> str:
    """Return the digest as plain text: all that the page says, but the colours and the bars."""
    text = "\n".join(_lines(digest, links)).strip() + "\n"
    return page.plain_characters(text)


def _lines(digest: Digest, links: Links | None) -> Iterator[str]:
    yield from ("Your week in clothes", wording.week_of(digest.week), "", page.greeting(digest))
    if digest.suggestions:
        yield from _titled("Try this week")
    for one in digest.suggestions:
        yield f"* {_line(one.title)}"
        yield f"  {_line(one.rationale)}"
        if url := page.link(one.url):
            yield f"  {url}"
        if links:
            yield f"  More like this: {links.verdict(one.item, 'up')}"
            yield f"  Not for me: {links.verdict(one.item, 'down')}"
    if digest.moods:
        yield from _titled("In the air, and yours")
    yield from (f"* {_line(mood.name)}: {_line(mood.description)}" for mood in digest.moods)
    if digest.finds:
        yield from _titled("Found for you")
    for find in digest.finds:
        price = "" if find.priceMicro is None else f", {page.money(find.priceMicro, find.currency)}"
        yield f"* {_line(find.title + price)}"
        if url := page.link(find.url):
            yield f"  {url}"
    yield from _of_the_wardrobe(digest)
    if links:
        yield from ("", "--", f"Preferences: {links.preferences}", f"Unsubscribe: {links.unsubscribe}")
        yield _line(links.postal_address)


def _of_the_wardrobe(digest: Digest) -> Iterator[str]:
    at, charted = clock.parse(digest.asOf), has_chart(digest.wearsByWeek)
    if digest.worn:
        yield from _titled("Worn most")
    for worn in digest.worn:
        yield f"* {_line(worn.title)}: {wording.worn(worn.recent if charted else worn.wears, worn.microUsd)}"
    if digest.neglected:
        yield from _titled("Waiting for you")
    yield from (f"* {_line(one.title)}: {wording.last_worn(one.days, at)}" for one in digest.neglected)
    if digest.balance:
        yield from (*_titled("Your wardrobe"), page.glance(digest))
    yield from (f"* {_line(part['name'])}: {part['percent']} %" for part in page.shares(digest.balance))
    if costs := [*digest.bestValue, *digest.worstValue]:
        yield from _titled("What a wearing costs")
        yield from (f"* {_line(one.title)}: {wording.usd(one.microUsd)}" for one in costs)
    if digest.changed:
        yield from _titled("What your feedback changed")
    for one in digest.changed:
        yield f"* {'Liked' if one.verdict == 'up' else 'Not wanted'}: {_line(one.title)}: {one.effect}."


def _titled(title: str) -> tuple[str, str, str]:
    return "", title.upper(), ""


def _line(text: str) -> str:
    """Return a stranger's text as one line: it begins no section of its own."""
    return " ".join(text.split())
