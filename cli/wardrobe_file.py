"""What does one row of a wardrobe file say? Pure: a row in, an item or its faults out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cli.errors import Failed
from cli.tables import Row

COLUMNS = ("item_id", "user_id", "title", "brand", "category", "tags", "price", "image")
MICRO_USD = 1_000_000
_MAX_PRICE = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True)
class Item:
    """An item as its row says. `price` is in micro-USD; `image` is a path or an address."""

    line: int
    id: str
    user: str
    title: str
    brand: str | None
    category: str | None
    tags: tuple[str, ...]
    price: int | None
    image: str


def item_of(row: Row) -> Item:
    """Return the item of a row. Raises Failed that says what is wrong with it."""
    if row.problem:
        raise Failed(row.problem)
    cells = row.cells
    for name in ("item_id", "user_id", "image"):
        if not cells[name]:
            raise Failed(f"{name} is empty")
    return Item(
        line=row.line,
        id=cells["item_id"],
        user=cells["user_id"],
        title=cells["title"],
        brand=cells["brand"] or None,
        category=cells["category"] or None,
        tags=tags_of(cells["tags"]),
        price=micro_usd(cells["price"]) if cells["price"] else None,
        image=cells["image"],
    )


def tags_of(text: str) -> tuple[str, ...]:
    """Return the tags of a text that parts them by commas or semicolons."""
    return tuple(dict.fromkeys(tag for part in re.split("[,;]", text) if (tag := part.strip())))


def micro_usd(text: str) -> int:
    """Return a price in US dollars (``24.90``, ``$24.90``) as whole micro-USD. Raises Failed."""
    try:
        price = Decimal(text.removeprefix("$"))
        if not 0 <= price <= _MAX_PRICE:
            raise InvalidOperation
    except InvalidOperation:
        raise Failed(f"price is {text!r}; write US dollars such as 24.90") from None
    micro = price * MICRO_USD
    if micro != int(micro):
        raise Failed(f"price is {text!r}; a millionth of a dollar is the least")
    return int(micro)
