"""Do strangers' texts, dates and prices become plain ones, or nothing?"""

from __future__ import annotations

from typing import Any

import pytest

from processors.scraper.plain_text import MAX_MARKUP_CHARACTERS, instant, plain, price


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Linen&nbsp;&amp; <b>lace</b></p>", "Linen & lace"),
        ("a<script>alert('x')</script>b<style>p{}</style>", "ab"),
        ("a <!-- secret --> b", "a b"),
        ("  two\n\tlines  ", "two lines"),
        ("evil\u202etxt\u0007\x00", "eviltxt"),
        ("caf\u0065\u0301", "café"),
        ("1 < 2", "1 < 2"),
        (None, ""),
        (7, ""),
    ],
)
def test_markup_becomes_one_plain_line(markup: Any, text: str) -> None:
    assert plain(markup, 100) == text


def test_a_text_is_cut_at_its_limit() -> None:
    assert plain("ab " * 100, 8) == "ab ab ab"


def test_markup_that_never_ends_is_cut_before_it_is_read() -> None:
    assert len(plain("<script" * 1_000_000, 100)) <= 100
    assert plain("x" * 10_000_000, MAX_MARKUP_CHARACTERS * 2) == "x" * MAX_MARKUP_CHARACTERS


@pytest.mark.parametrize(
    ("date", "is_at"),
    [
        ("2026-11-23T09:00:00+02:00", "2026-11-23T07:00:00.000Z"),
        ("2026-11-23T09:00:00Z", "2026-11-23T09:00:00.000Z"),
        ("2026-11-23T09:00:00", "2026-11-23T09:00:00.000Z"),
        ("2026-11-23", "2026-11-23T00:00:00.000Z"),
        ("Mon, 23 Nov 2026 09:00:00 GMT", "2026-11-23T09:00:00.000Z"),
        ("Mon, 23 Nov 2026 09:00:00 -0500", "2026-11-23T14:00:00.000Z"),
        ("23 Nov 2026 09:00", "2026-11-23T09:00:00.000Z"),
        (1795424400, "2026-11-23T09:00:00.000Z"),
        (1795424400.5, "2026-11-23T09:00:00.500Z"),
        ("1795424400", "2026-11-23T09:00:00.000Z"),
        ("yesterday", None),
        ("", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("1970-01-01", None),
        (1e30, None),
        (float("nan"), None),
        (True, None),
        (None, None),
        (["2026-11-23"], None),
    ],
)
def test_dates_of_any_form_become_instants_or_nothing(date: Any, is_at: str | None) -> None:
    assert instant(date) == is_at


@pytest.mark.parametrize(
    ("said", "currency", "micro", "code"),
    [
        ("24.90", "USD", 24_900_000, "USD"),
        ("€ 1.299,00", "", 1_299_000_000, "EUR"),
        ("1,299.00 GBP", "", 1_299_000_000, "GBP"),
        ("1,299", "usd", 1_299_000_000, "USD"),
        ("24,9 €", None, 24_900_000, "EUR"),
        (49, "SEK", 49_000_000, "SEK"),
        (0.5, "", 500_000, ""),
        ("free", "USD", None, ""),
        (-1, "USD", None, ""),
        (True, "USD", None, ""),
        (float("inf"), "USD", None, ""),
        ({"price": 1}, "USD", None, ""),
        ("9" * 30, "USD", None, ""),
    ],
)
def test_prices_become_millionths_or_nothing(said: Any, currency: Any, micro: int | None, code: str) -> None:
    assert price(said, currency) == (micro, code)
