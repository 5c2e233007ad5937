"""Page that shows the OpenAPI document: files of our own in api/static, so that nothing is fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"

PAGE = (_FOLDER / "docs.html").read_bytes()
FILES: Mapping[str, tuple[bytes, str]] = {
    "page.css": ((_FOLDER / "page.css").read_bytes(), "text/css"),
    "page.js": ((_FOLDER / "page.js").read_bytes(), "text/javascript"),
}
"""Each file's content and media type, by its name."""
