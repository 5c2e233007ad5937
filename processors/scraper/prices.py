"""Prices that others write: how much is it, in which currency?

A price for readers is read by price-parser, which knows how shops write them. One for machines (JSON-LD, meta tags,
microdata's `content`) has a decimal dot: schema.org says so, and there ``140.000`` is 140.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from processors.scraper.plain_text import plain

MICRO = 1_000_000
_MAX_PRICE = Decimal(1_000_000_000)
_MAX_CHARACTERS = 64
_CURRENCIES = {
    "$": "USD",
    "US$": "USD",
    "USD$": "USD",
    "C$": "CAD",
    "CA$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "S$": "SGD",
    "NT$": "TWD",
    "R$": "BRL",
    "MX$": "MXN",
    "€": "EUR",
    "EURO": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "￥": "JPY",
    "CN¥": "CNY",
    "₹": "INR",
    "ZŁ": "PLN",
    "KČ": "CZK",
    "₽": "RUB",
    "РУБ": "RUB",
    "РУБ.": "RUB",
    "₴": "UAH",
    "ГРН": "UAH",
    "ГРН.": "UAH",
    "₺": "TRY",
    "TL": "TRY",
    "₩": "KRW",
    "₪": "ILS",
    "฿": "THB",
    "₫": "VND",
    "₱": "PHP",
    "₦": "NGN",
    "LEI": "RON",
    "ЛВ": "BGN",
    "ЛВ.": "BGN",
    "FT": "HUF",
    "RP": "IDR",
    "RM": "MYR",
    "FR.": "CHF",
    "SFR": "CHF",
    "KD": "KWD",
    "₸": "KZT",
    "₾": "GEL",
    "₼": "AZN",
}
"""Signs of currencies, in capitals. What several countries call by one name (kr) says nothing."""
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_CODE = re.compile(r"[A-Z]{3}")
_FREE = re.compile(r"\W*free\W*", re.IGNORECASE)
_BARE_COMMA = re.compile(r"(?<![\d.,]),(?=\d)")
_NEGATIVE = re.compile(r"\s*[-−–]\s*\d")
_ONE_DOT = re.compile(r"[^.]*\.[^.,]*")


def price(value: Any, currency: Any = "", *, for_machines: bool = False) -> tuple[int | None, str]:
    """Return a price (``24.90``, ``€ 1.299,00``, a number) in millionths, and its currency's code if one is told.

    `for_machines` says that its only dot is a decimal one.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        amount, written = _bounded(Decimal(str(value))), None
    else:
        text = plain(value, _MAX_CHARACTERS)
        amount, written = _read(text, plain(currency, _MAX_CHARACTERS), for_machines)
    return (
        (None, "")
        if amount is None
        else (int(amount * MICRO), _code(plain(currency, _MAX_CHARACTERS)) or _code(written))
    )


def _read(text: str, currency: str, for_machines: bool) -> tuple[Decimal | None, str | None]:
    """Return the amount in a text, and the sign or code of its currency as it is written there."""
    from price_parser import Price  # for pages alone: feeds show no prices

    if not text or _NEGATIVE.match(text):
        return None, None
    if _FREE.fullmatch(text):
        return Decimal(0), None
    text = _BARE_COMMA.sub(".", text)
    found = Price.fromstring(text, currency or None)
    has_decimal_dot = for_machines or _code(found.currency) in _THREE_DECIMALS
    if has_decimal_dot and found.amount_text is not None and _ONE_DOT.fullmatch(found.amount_text):
        found = Price.fromstring(text, currency or None, decimal_separator=".")
    if found.amount is None or (found.amount_text == "0" and "0" not in text):
        return None, None  # it says "free" of something else
    return _bounded(found.amount), found.currency


def _bounded(amount: Decimal) -> Decimal | None:
    try:
        return amount if 0 <= amount <= _MAX_PRICE else None
    except InvalidOperation:  # not a number
        return None


def _code(sign: str | None) -> str:
    named = (sign or "").upper()
    return _CURRENCIES.get(named) or (named if _CODE.fullmatch(named) else "")
