"""How does a wardrobe file become wardrobe documents and blobs?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from cli import lanes, pictures, progress, tables
from cli.errors import Failed
from cli.wardrobe_file import COLUMNS, Item, item_of
from shared.blobs import MAX_PICTURE_BYTES, WARDROBE_IMAGES
from shared.documents.containers import WARDROBE
from shared.documents.ids import safe
from shared.documents.port import Documents
from shared.errors import Conflict, Permanent, PreconditionFailed
from shared.services import Services

SCHEMA_VERSION = 1


async def import_file(services: Services, file: Path) -> dict[str, Any]:
    """Import every row; return {"created", "updated", "failed": [{"line", "error"}]}. Raises UsageError."""
    created = updated = 0
    failed: list[dict[str, Any]] = []
    all_rows = list(tables.rows(file, COLUMNS))
    await services.blobs.ensure(WARDROBE_IMAGES)
    with progress.bar("Importing", len(all_rows)) as advance:

        async def take(row: tables.Row) -> None:
            nonlocal created, updated
            try:
                item = item_of(row)
                url = await _picture_url(services, item, file.parent)
                if await _write(services.documents, item, url):
                    created += 1
                else:
                    updated += 1
            except (Failed, Permanent) as error:
                failed.append({"line": row.line, "error": str(error)})
            advance()

        await lanes.run(all_rows, lambda row: row.cells.get("item_id", ""), take)
    return {"created": created, "updated": updated, "failed": sorted(failed, key=lambda failure: failure["line"])}


async def _picture_url(services: Services, item: Item, folder: Path) -> str:
    if pictures.is_url(item.image):
        return item.image
    path = folder / item.image
    picture = await asyncio.to_thread(pictures.read, path, MAX_PICTURE_BYTES)
    extension, content_type = pictures.kind_of(picture, path)
    name = f"{safe(item.user)}/{safe(item.id)}.{extension}"
    return await services.blobs.write(WARDROBE_IMAGES, name, picture, content_type)


async def _write(documents: Documents, item: Item, url: str) -> bool:
    """Bring the item into the store, keeping what others wrote there; return whether it is new."""
    said = {
        "id": item.id,
        "userId": item.user,
        "title": item.title,
        "brand": item.brand,
        "category": item.category,
        "tags": list(item.tags),
        "imageUrl": url,
        "priceMicroUsd": item.price,
        "schemaVersion": SCHEMA_VERSION,
    }
    while True:
        standing = await documents.get(WARDROBE, item.user, item.id)
        try:
            if standing is None:
                await documents.create(WARDROBE, said)
            elif standing.body != (body := {**standing.body, **said}):
                await documents.replace(WARDROBE, body, standing.etag)
        except (Conflict, PreconditionFailed):
            continue
        return standing is None
