"""Dates that others write: which instant does one mean?

A date is understood whole or not at all: a wrong one is worse than none, so neither feedparser's guesses are taken
(``2026/11/19`` as the 1st, CEST as UTC) nor dateutil's or dateparser's (03/04 as whichever comes first).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from shared import clock

MAX_CHARACTERS = 80
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 100_000_000_000
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar januari janvier janv enero ene gennaio gen janeiro",
            "feb february februar februari fevrier fevr febrero febbraio fevereiro fev",
            "mar march marz maerz maart mrt mars marts marzo marco mrz",
            "apr april avril avr abril abr aprile",
            "may mai mei mayo maggio mag maio maj",
            "jun june juni juin junio giugno giu junho",
            "jul july juli juillet juil julio luglio lug julho",
            "aug august augusti augustus aout aou agosto ago",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october oktober octobre octubre ottobre okt ott outubro out",
            "nov november novembre noviembre novembro",
            "dec december dezember decembre diciembre dicembre dez dic dezembro desember des",
        ),
        1,
    )
    for name in names.split()
}
_HOURS = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "wet"), 0.0),
    **dict.fromkeys(("bst", "west", "cet", "mez"), 1.0),
    **dict.fromkeys(("cest", "mesz", "eet", "sast"), 2.0),
    **dict.fromkeys(("eest", "msk"), 3.0),
    **dict.fromkeys(("sgt", "hkt", "awst"), 8.0),
    **dict.fromkeys(("jst", "kst"), 9.0),
    "acst": 9.5,
    "aest": 10.0,
    "acdt": 10.5,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
    "nst": -3.5,
    "ndt": -2.5,
    "brt": -3.0,
    "ast": -4.0,
    "adt": -3.0,
    "est": -5.0,
    "edt": -4.0,
    "cst": -6.0,
    "cdt": -5.0,
    "mst": -7.0,
    "mdt": -6.0,
    "pst": -8.0,
    "pdt": -7.0,
    "akst": -9.0,
    "akdt": -8.0,
    "hst": -10.0,
}
"""Hours from UTC of zones by name: RFC 822's in its meaning. One that means several (IST) isn't there."""
_DATE = (
    r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})",
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|o|\.)?[ -](?:de |of )?(?P<month>[^\W\d_]{3,12})\.?,?"
    r"[ -](?:de |of )?(?P<y>\d{4}|\d\d)",
    r"(?P<month>[^\W\d_]{3,12})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})",
    r"(?P<d>\d{1,2})(?:\.(?P<m>\d{1,2})\.|(?P<s>[/-])(?P<either>\d{1,2})(?P=s))(?P<y>\d{4})",
)
_TIME = r"(?P<H>\d{1,2})(?::(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,]\d{1,9})?)?)?(?: ?(?P<half>[ap])\.?m\b\.?)?"
_ZONE = (
    r"(?: ?(?:(?P<zone>[a-z]{1,5})|(?:(?:utc|gmt) ?)?(?P<sign>[+−-])(?P<zh>\d{1,2})(?::?(?P<zm>\d\d))?)"
    r"(?: [a-z]{1,5}| ?\([^()]*\)| ?\[[^\[\]]*\])?)?"
)
_JOINED = r"(?:,? (?:at |- |\| )?|t)"
_WEEKDAY = r"(?:[^\W\d_]{2,12}(?:\.?, ?|\.? ))?"
_FORMS = [
    *(re.compile(f"{_WEEKDAY}{date}(?:{_JOINED}{_TIME}{_ZONE})?") for date in _DATE),
    re.compile(
        rf"{_WEEKDAY}(?P<month>[a-z]{{3,12}}) (?P<d>\d{{1,2}}) {_TIME}{_ZONE} (?P<y>\d{{4}})"
    ),  # asctime, date(1)
]
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")


def instant(value: Any) -> str | None:
    """Return the instant that a date means, as text; None for what isn't understood, and what lies before 1995.

    Takes ISO 8601, RFC 2822, what people write (``Nov 19th, 2026 3:07 PM CEST``), and seconds or milliseconds since
    1970. A date without an offset is taken as UTC; one whose zone isn't known, or of which day and month could be
    exchanged, isn't understood.
    """
    try:
        found = _instant(value)
        return clock.to_text(found) if found is not None and found >= _EARLIEST else None
    except (ValueError, OverflowError, OSError):
        return None


def _instant(value: Any) -> datetime | None:
    if isinstance(value, int | float):
        if isinstance(value, bool):
            return None
        return datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS_FROM else value, UTC)
    if not isinstance(value, str) or len(value) > MAX_CHARACTERS:
        return None
    text = " ".join(value.split())
    if re.fullmatch(r"\d{9,10}(\.\d{1,9})?|\d{13}", text, re.ASCII):
        return _instant(float(text))
    if (compact := _COMPACT.fullmatch(text)) is not None:
        return datetime(*map(int, compact.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _written(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _written(text: str) -> datetime | None:
    """Return what a date in one of the usual forms means."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    for form in _FORMS:
        match = form.fullmatch(plain)
        if match is not None:
            return _meant({name: value for name, value in match.groupdict().items() if value is not None})
    return None


def _meant(said: dict[str, str]) -> datetime | None:
    year, day = int(said["y"]), int(said["d"])
    if len(said["y"]) == 2:  # RFC 2822, 4.3
        year += 2000 if year < 50 else 1900
    month = _MONTHS.get(said["month"]) if "month" in said else int(said["m"] if "m" in said else said["either"])
    if month is not None and "either" in said:
        if day <= 12 and month <= 12 and day != month:
            return None  # the 4th of March, or the 3rd of April?
        day, month = max(day, month), min(day, month)
    hour, zone = _hour(said), _zone(said)
    if month is None or hour is None or zone is None:
        return None
    second = int(said.get("S", 0))
    return datetime(year, month, day, hour, int(said.get("M", 0)), 59 if second == 60 else second, tzinfo=zone)


def _hour(said: dict[str, str]) -> int | None:
    hour, half = int(said.get("H", 0)), said.get("half")
    if half is None:
        return hour if "M" in said or "H" not in said else None
    if half == "a":
        return None if hour > 12 else hour % 12
    return None if hour == 0 else hour if hour > 12 else hour % 12 + 12


def _zone(said: dict[str, str]) -> timezone | None:
    if "sign" in said:
        minutes = int(said["zh"]) * 60 + int(said.get("zm", 0))
        return timezone(timedelta(minutes=minutes if said["sign"] == "+" else -minutes))
    hours = _HOURS.get(said.get("zone", "z"))
    return None if hours is None else timezone(timedelta(hours=hours))
