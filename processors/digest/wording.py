"""Wording: how are counts, days, weeks, names and categories said in English?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from processors.digest.words import listed

_PATH = re.compile(r"\s*(?:>|/|\||›|»|::)\s*")
_BLANKS = re.compile(r"[\s_]+")
_SEVERAL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def capitalised(text: str) -> str:
    """Return a name with a capital at its beginning; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def quoted(words: Iterable[str]) -> str:
    """Return words as a sentence lists them, each in quotes: of a profile's words nobody knows if they are nouns."""
    return listed([f"“{word}”" for word in words])


def number(count: int) -> str:
    """Return a count as a word up to twelve."""
    return _SEVERAL[count] if 0 <= count < len(_SEVERAL) else str(count)


def times(count: int) -> str:
    """Return how often: once, twice, three times."""
    return {1: "once", 2: "twice"}.get(count, f"{number(count)} times")


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: 1 wear, 2 wears."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def day(of: date) -> str:
    """Return a day: 23 November."""
    return f"{of.day} {_MONTHS[of.month - 1]}"


def monday(week: str) -> date:
    """Return the Monday of an ISO week such as 2026-W48."""
    return datetime.strptime(f"{week}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a day, not an instant


def week_of(week: str) -> str:
    """Return an ISO week: Week of 23 November."""
    return f"Week of {day(monday(week))}"


def month_of(days_ago: int, at: datetime) -> str:
    """Return the month that was so many days before `at`, with the year when it is another: January, May 2025."""
    then = (at - timedelta(days=days_ago)).date()
    name = _MONTHS[then.month - 1]
    return name if then.year == at.year else f"{name} {then.year}"


def category(path: str) -> str:
    """Return the words of a category, of a path (Clothing > Dresses) those of its last part. '' when it has none."""
    parts = [part for part in _PATH.split(path) if part]
    return capitalised(_BLANKS.sub(" ", parts[-1]).strip()) if parts else ""


def last_worn(days: int | None, at: datetime) -> str:
    """Return when something was worn last, as a note of an item."""
    return "no wear noted yet" if days is None else f"last worn in {month_of(days, at)}"


def usd(micro: int) -> str:
    """Return an amount in US dollars."""
    return f"${micro / 1_000_000:,.2f}"


def worn(wears: int, micro_usd: int | None) -> str:
    """Return how often something was worn, and what a wearing has cost: 3 wears, $4.40 a wear."""
    return counted(wears, "wear") + ("" if micro_usd is None else f", {usd(micro_usd)} a wear")


def glance(items: int, worn_lately: int, micro_usd: int | None, *, charted: bool) -> str:
    """Return a wardrobe in numbers, as a sentence; `charted`: wears are noted often enough to tell of weeks."""
    said = f"{capitalised(number(items))} {'piece' if items == 1 else 'pieces'}"
    if charted:
        said += f", {'all' if worn_lately == items > 1 else number(worn_lately)} of them worn in the last eight weeks"
    return f"{said}." + ("" if micro_usd is None else f" A wear has cost {usd(micro_usd)} on average.")
