"""Do others' prices become millionths, or nothing?"""

from __future__ import annotations

from typing import Any

import pytest

from processors.scraper.prices import price


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
        (",89", "EUR", 890_000, "EUR"),
        (".75 €", "", 750_000, "EUR"),
        ("35€ 99", "", 35_990_000, "EUR"),
        ("US$ 12", "", 12_000_000, "USD"),
        ("12,50 zł", "", 12_500_000, "PLN"),
        ("1.250 KD", "", 1_250_000, "KWD"),
        ("499 kr", "", 499_000_000, ""),
        ("10", "$", 10_000_000, "USD"),
        ("Free!", "USD", 0, "USD"),
        ("free shipping", "USD", None, ""),
        ("40% OFF", "", None, ""),
        ("", "USD", None, ""),
        ("-5 €", "", None, ""),
        (-1, "USD", None, ""),
        (True, "USD", None, ""),
        (float("inf"), "USD", None, ""),
        ({"price": 1}, "USD", None, ""),
        ("9" * 30, "USD", None, ""),
    ],
)
def test_prices_become_millionths_or_nothing(said: Any, currency: Any, micro: int | None, code: str) -> None:
    assert price(said, currency) == (micro, code)


@pytest.mark.parametrize(
    ("said", "micro"),
    [("140.000", 140_000_000), ("1,299.000", 1_299_000_000), ("1.299,00", 1_299_000_000), ("1299,00", 1_299_000_000),
     ("1.299.000", 1_299_000_000_000), ("€ 12.500", 12_500_000), ("89", 89_000_000)],
)  # fmt: skip
def test_for_machines_the_only_dot_is_decimal(said: str, micro: int) -> None:
    assert price(said, "EUR", for_machines=True) == (micro, "EUR")
