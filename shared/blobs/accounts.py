"""Other storage accounts: whose private pictures are read with the app's own identity?

Backends keep pictures in private blobs. IMAGE_BLOB_ACCOUNTS names the accounts (blob endpoints), or single containers
in them, whose blobs the app's identity may read on a user's behalf. Nothing outside them is ever asked with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.blobs.storage import Blobs, plain_name
from shared.errors import Misconfigured
from shared.web.addresses import entries


@dataclass(frozen=True, slots=True)
class Found:
    """A blob that may be read: its account, container and name."""

    account: Blobs
    container: str
    name: str


@dataclass(frozen=True, slots=True)
class _Place:
    endpoint: str
    container: str | None


class BlobAccounts:
    """The places that IMAGE_BLOB_ACCOUNTS names. Accounts are opened at first use; `own` is the app's, open already."""

    def __init__(self, setting: str, own: Blobs) -> None:
        """Take the setting's text. Raises Misconfigured for an entry that is no blob endpoint or container of one."""
        self._own = own
        self._places = [_place(entry, own.endpoint) for entry in entries(setting)]
        self._opened: dict[str, Blobs] = {}

    def find(self, url: str) -> Found | None:
        """Return the blob that `url` means when it lies in one of the places, else None."""
        for place in self._places:
            container, name = _within(place.endpoint, url)
            if name and container and place.container in (None, container):
                return Found(self._account(place.endpoint), container, name)
        return None

    async def close(self) -> None:
        """Give the connections back."""
        for account in self._opened.values():
            await account.close()
        self._opened.clear()

    def _account(self, endpoint: str) -> Blobs:
        if endpoint == self._own.endpoint.rstrip("/"):
            return self._own
        if endpoint not in self._opened:
            self._opened[endpoint] = Blobs.from_uri(endpoint)
        return self._opened[endpoint]


def _place(entry: str, own_endpoint: str) -> _Place:
    own = own_endpoint.rstrip("/")
    if entry.rstrip("/") == own or entry.startswith(own + "/"):  # Azurite's endpoint has a path of its own
        return _Place(own, entry.rstrip("/")[len(own) + 1 :] or None)
    try:
        parts = urlsplit(entry)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme != "https" or "@" in parts.netloc or parts.query or "/" in parts.path.strip("/"):
        raise Misconfigured(
            f"Setting IMAGE_BLOB_ACCOUNTS has {entry!r}; it takes blob endpoints, or containers in them, such as "
            "https://NAME.blob.core.windows.net/pictures.",
            code="setting_invalid",
        )
    return _Place(f"https://{parts.netloc.lower()}", parts.path.strip("/") or None)


def _within(endpoint: str, url: str) -> tuple[str, str]:
    """Return container and name of the blob that `url` means in the account; empty when it isn't there."""
    base = urlsplit(endpoint)
    try:
        asked = urlsplit(url)
    except ValueError:
        return "", ""
    if (asked.scheme, asked.netloc.lower()) != (base.scheme, base.netloc) or not asked.path.startswith(base.path + "/"):
        return "", ""
    container, _, name = asked.path.removeprefix(base.path + "/").partition("/")
    return container, plain_name(name)
