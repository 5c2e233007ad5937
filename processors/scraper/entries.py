"""Entries of a source, as an adapter read them: text of others, cleaned and bounded, not yet items."""

from __future__ import annotations

from dataclasses import dataclass

MAX_ENTRIES = 10_000
MAX_TITLE_CHARACTERS = 300
MAX_TEXT_CHARACTERS = 2_000


class Unreadable(Exception):
    """What was fetched can't be read as its source's type. `code` is a short stable word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched: where from, its body, and what the server says of it (type and charset may be empty).

    `given_base` is what the server says that links are relative to; empty when it doesn't.
    """

    url: str
    body: bytes
    content_type: str = ""
    charset: str = ""
    given_base: str = ""

    @property
    def base(self) -> str:
        """What links in the body are relative to, unless it says something else itself."""
        return self.given_base or self.url

    @property
    def content_type_header(self) -> str | None:
        """The header as libraries want it; None when the server names no charset."""
        return f"{self.content_type}; charset={self.charset}" if self.charset else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One article, post or product. Addresses are absolute and as written; texts are plain; `published_at` is an
    instant's text.

    `price_micro` is in millionths of `currency` (an ISO 4217 code, or empty). `part` tells entries apart that share an
    address; it is empty for what has one of its own.
    """

    url: str
    title: str
    text: str = ""
    image_url: str = ""
    price_micro: int | None = None
    currency: str = ""
    published_at: str | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source shows now, and how many of its entries were left out since nothing could be made of them."""

    entries: tuple[Entry, ...]
    left_out: int = 0
