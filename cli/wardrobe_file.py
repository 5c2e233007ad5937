"""A wardrobe file: what each of its rows says of an item, or what is wrong with it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path

from cli import csv_file, pictures
from cli.csv_file import Row
from cli.errors import Failed
from operations import wardrobe
from operations.pictures import MAX_BYTES, Picture, is_url

COLUMNS = ("item_id", "user_id", "title", "brand", "category", "tags", "price", "image")
MICRO_USD = 1_000_000
_MAX_PRICE = Decimal(1_000_000_000)


def rows(file: Path) -> Iterator[wardrobe.Row]:
    """Yield the rows of a CSV file; pictures are paths beside it, or addresses. Raises UsageError."""
    for row in csv_file.rows(file, COLUMNS):
        try:
            item = item_of(row)
        except Failed as error:
            yield wardrobe.Row(row.line, problem=error)
            continue
        path = None if item.image_url else file.parent / row.cells["image"]
        yield wardrobe.Row(row.line, item, partial(_read, path) if path else None)


async def _read(path: Path) -> Picture:
    return await asyncio.to_thread(pictures.read, path, MAX_BYTES)


def item_of(row: Row) -> wardrobe.Item:
    """Return the item of a row; of a picture only its address. Raises Failed that says what is wrong with it."""
    if row.problem:
        raise Failed(row.problem)
    cells = row.cells
    for name in ("item_id", "user_id", "image"):
        if not cells[name]:
            raise Failed(f"{name} is empty")
    image = cells["image"]
    return wardrobe.Item(
        id=cells["item_id"],
        user=cells["user_id"],
        title=cells["title"],
        brand=cells["brand"] or None,
        category=cells["category"] or None,
        tags=tags_of(cells["tags"]),
        price=micro_usd(cells["price"]) if cells["price"] else None,
        image_url=image if is_url(image) else None,
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
