"""The app's own blob containers, and how large a picture in them may be. Knows of no client, so it costs no import."""

from __future__ import annotations

WARDROBE_IMAGES = "wardrobe-images"
DIGESTS = "digests"
OUTBOX = "outbox"
CONTAINERS = (WARDROBE_IMAGES, DIGESTS, OUTBOX)
MAX_PICTURE_BYTES = 10 * 1024 * 1024
