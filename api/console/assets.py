"""Assets: style sheets and scripts, at addresses that hold the hash of what is in them, so they are cached for good.

Those of others are copied from pinned npm packages into static/vendor by ./scripts/setup, with their licences.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from api.console import PREFIX
from shared.errors import Misconfigured

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FOR_GOOD = "public, max-age=31536000, immutable"
ADDRESS = f"{PREFIX}/static/"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file: its content, its media type, and its address."""

    content: bytes
    media_type: str
    address: str


class Assets:
    """The files, read once."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._by_name: Mapping[str, Asset] = {
            path.relative_to(folder).as_posix(): _asset(path, folder)
            for path in sorted(folder.rglob("*"))
            if path.suffix in _TYPES
        }
        self._by_address = {asset.address: asset for asset in self._by_name.values()}

    def address(self, name: str) -> str:
        """Return the address of a file. Raises Misconfigured when it isn't there."""
        if name not in self._by_name:
            raise Misconfigured(
                f"The console's file {name} is missing. ./scripts/setup copies it.", code="console_incomplete"
            )
        return self._by_name[name].address

    def answer(self, path: str) -> Response | None:
        """Return a file as a response; None for an address that no file has."""
        asset = self._by_address.get(path)
        if asset is None:
            return None
        return Response(asset.content, media_type=asset.media_type, headers={"cache-control": _FOR_GOOD})


def _asset(path: Path, folder: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(content, _TYPES[path.suffix], f"{ADDRESS}{digest}/{path.relative_to(folder).as_posix()}")
