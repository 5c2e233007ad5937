"""Cleaning of others' values: HTML to plain text, a date to an instant, a price to a number."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any

from w3lib.html import remove_comments, remove_tags_with_content, replace_entities, replace_tags

from shared import clock

MAX_MARKUP_CHARACTERS = 20_000
"""A longer text is cut before its markup is taken out: w3lib's patterns take time by the square of what is unclosed."""
MICRO = 1_000_000
_HIDDEN = ("script", "style", "noscript", "template", "iframe", "svg")
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_MAX_PRICE = Decimal(1_000_000_000)
_PRICE = re.compile(r"\d[\d.,'’\s]*")
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_CODE = re.compile(r"\b[A-Z]{3}\b")


def plain(text: Any, limit: int) -> str:
    """Return `text` (HTML or not; anything else is no text) as one line of at most `limit` characters.

    Control, formatting and private characters are taken out: a title must not turn the text around it.
    """
    if not isinstance(text, str):
        return ""
    cut = text[:MAX_MARKUP_CHARACTERS]
    if "<" in cut:
        cut = replace_tags(remove_tags_with_content(remove_comments(cut), which_ones=_HIDDEN), " ")
    cut = unicodedata.normalize("NFC", replace_entities(cut))
    cut = "".join(" " if c.isspace() else c for c in cut if c.isspace() or not unicodedata.category(c).startswith("C"))
    return " ".join(cut.split())[:limit].rstrip()


def instant(value: Any) -> str | None:
    """Return the instant that a date of any usual form means, as text; None for what is no date after 1995.

    Takes ISO 8601, RFC 2822, and seconds since 1970. One without an offset is taken as UTC.
    """
    found = _instant(value)
    if found is None:
        return None
    try:
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return clock.to_text(aware) if aware >= _EARLIEST else None
    except (OverflowError, ValueError):
        return None


def price(value: Any, currency: Any = "") -> tuple[int | None, str]:
    """Return a price (``24.90``, ``€ 1.299,00``, a number) in millionths, and its currency's code if one is told."""
    named = plain(currency, 3).upper()
    text = value if isinstance(value, str) else ""
    code = named if _CODE.fullmatch(named) else _currency_in(text)
    amount = _number(value) if isinstance(value, int | float) else _amount(text)
    return (None, "") if amount is None else (int(amount * MICRO), code)


def _instant(value: Any) -> datetime | None:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        text = str(value).strip()[:64] if isinstance(value, str) else ""
        if text.isdigit() and len(text) >= 9:
            return datetime.fromtimestamp(int(text), UTC)
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return parsedate_to_datetime(text)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _number(value: float) -> Decimal | None:
    if isinstance(value, bool) or not 0 <= value <= _MAX_PRICE:
        return None
    return Decimal(str(value))


def _amount(text: str) -> Decimal | None:
    found = _PRICE.search(text[:64])
    if found is None:
        return None
    digits = re.sub(r"['’\s]", "", found[0]).rstrip(".,")
    last = max(digits.rfind("."), digits.rfind(","))
    is_decimal = last >= 0 and (len(digits) - last - 1 != 3 or (digits.count(".") + digits.count(",") == 1 and
                                digits[:last] == "0"))  # fmt: skip
    whole, part = (digits[:last], digits[last + 1 :]) if is_decimal else (digits, "")
    try:
        amount = Decimal(f"{re.sub('[.,]', '', whole) or '0'}.{part or '0'}")
    except InvalidOperation:
        return None
    return amount if amount <= _MAX_PRICE else None


def _currency_in(text: str) -> str:
    for sign, code in _CURRENCIES.items():
        if sign in text:
            return code
    found = _CODE.search(text)
    return found[0] if found else ""
