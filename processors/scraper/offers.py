"""Offers of a thing in structured data: what does it cost, and in which currency?

The first offer that can be had counts; a list price only where there is no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from processors.scraper.prices import price
from processors.scraper.structured_data import Visible, types_of

_MAX_OFFERS = 500
_NOT_TO_BE_HAD = ("outofstock", "soldout", "discontinued")
_CHARGES = frozenset({"DeliveryChargeSpecification", "PaymentChargeSpecification"})

Cost = tuple[int | None, str]


def cost_of(thing: dict[str, Any]) -> Cost:
    """Return the price of a product in millionths, and its currency's code; (None, "") when it names none."""
    found = [*_costs(thing.get("offers")), *_costs(thing)]
    if not found:
        found = [cost for variant in listed(thing.get("hasVariant")) for cost in _costs(variant.get("offers"))]
    return min(found, key=lambda one: one[0])[1] if found else (None, "")


def listed(value: Any) -> list[dict[str, Any]]:
    """Return the things that a property has for value."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def said(value: Any) -> Any:
    """Return the first value that says something, of a property that may have several."""
    values = value if isinstance(value, list) else [value]
    return next((one for one in values if isinstance(one, str | int | float) and str(one).strip()), None)


def _costs(offers: Any) -> list[tuple[int, Cost]]:
    """Return what the offers ask, each with its rank: 0 for what can be had at a price."""
    found = []
    for offer, currency in _flat(offers):
        cost = _asked(offer, currency)
        if cost[0] is not None:
            state = next((one.get("@id") for one in listed(offer.get("availability"))), said(offer.get("availability")))
            is_gone = str(state or "").lower().replace("_", "").endswith(_NOT_TO_BE_HAD)
            found.append((2 * is_gone + (cost[0] == 0), cost))
    return found


def _flat(offers: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield offers, those inside other ones too, each with the currency of what it stands in."""
    waiting = [(offer, None) for offer in reversed(listed(offers))]
    seen = 0
    while waiting and seen < _MAX_OFFERS:
        offer, currency = waiting.pop()
        seen += 1
        yield offer, currency
        named = said(offer.get("priceCurrency")) or currency
        if not types_of(offer) - {"AggregateOffer", "Offer"}:
            waiting += [(inner, named) for inner in reversed(listed(offer.get("offers")))]


def _asked(offer: dict[str, Any], currency: Any) -> Cost:
    """Return what one offer asks: its sale price, its price, else what its specification says."""
    specifications = [one for one in listed(offer.get("priceSpecification")) if not types_of(one) & _CHARGES]
    kinds = [str(said(one.get("priceType")) or "").rpartition("/")[2] for one in specifications]
    of_kind = {
        wanted: [
            one.get("price") for one, kind in zip(specifications, kinds, strict=True) if (kind or "plain") == wanted
        ]
        for wanted in {"SalePrice", "plain", *kinds} - {""}
    }
    last = [value for kind, values in of_kind.items() if kind not in ("SalePrice", "plain") for value in values]
    asked = [*of_kind["SalePrice"], offer.get("price"), *of_kind["plain"], offer.get("lowPrice"), *last]
    named = next((code for one in (offer, *specifications) if (code := said(one.get("priceCurrency")))), currency)
    for value in map(said, asked):
        cost = price(value, named, for_machines=not isinstance(value, Visible))
        if cost[0] is not None:
            return cost
    return None, ""
