"""Politeness: may this address be asked, and when? Robots.txt, and a delay per host that all workers share.

Whoever wants to ask a host takes its next turn (turns.py), and waits for it. robots.txt is obeyed as RFC 9309 says: a
missing one (4xx) allows all, an unreachable one (5xx) forbids all until it is there again. Requests for it, and those
of redirects, take turns like any other.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from protego import Protego

from processors.scraper.addresses import origin
from processors.scraper.turns import PARTITION, Turn, Turns
from shared import clock, skew
from shared.documents.containers import SCRAPER_SOURCES
from shared.documents.port import Documents
from shared.errors import Permanent, Transient
from shared.web.addresses import shown
from shared.web.exchange import Fetched, Unchanged, Validators, Wanted

if TYPE_CHECKING:
    from shared.web.fetch import Fetcher

ROBOTS_KEPT = timedelta(hours=24)
LONGEST_CRAWL_DELAY_SECONDS = 60.0
AGENT = "nightshift"
_ROBOTS = Wanted(frozenset({"text/", "application/octet-stream"}), 512 * 1024)
_ABSENT = frozenset(
    {"content_missing", "content_denied", "content_refused", "content_empty", "content_type", "redirects"}
)
"""Failures of robots.txt that mean there is none."""
NOTHING_KNOWN = Validators()


class Hosts:
    """Fetches politely. `documents` holds the turns and the robots.txt of hosts."""

    def __init__(self, fetcher: Fetcher, documents: Documents, *, delay_seconds: float) -> None:
        self._fetcher = fetcher
        self._documents = documents
        self._turns = Turns(documents)
        self._delay_seconds = delay_seconds
        self._parsed: dict[str, tuple[str, Protego]] = {}

    async def get(self, url: str, wanted: Wanted, known: Validators = NOTHING_KNOWN) -> Fetched | Unchanged:
        """Return what is at `url`, unless it is still what `known` names, when it is our turn at its host.

        Raises what `Fetcher.get` raises, Permanent `robots_disallow`, and Transient `robots_unreachable` or
        `host_busy`. A host that says how long to wait isn't asked by anybody before.
        """
        asked = url
        turn: Turn | None = None

        async def before(address: str) -> None:
            nonlocal asked, turn
            asked = address
            turn = await self._admit(address)

        async def sending() -> None:
            nonlocal turn
            assert turn is not None  # `before` has been asked
            turn = await self._turns.use(turn)

        try:
            return await self._fetcher.get_if_changed(url, wanted, known, before=before, sending=sending)
        except Transient as error:
            if error.retry_after is not None:
                await self._turns.hold(origin(asked), error.retry_after)
            raise

    async def _admit(self, url: str) -> Turn:
        rules = await self._rules(origin(url))
        if not rules.can_fetch(url, AGENT):
            raise Permanent(
                f"{shown(url)}: its robots.txt doesn't allow this address", code="robots_disallow", dependency="content"
            )
        asked = min(float(rules.crawl_delay(AGENT) or 0), LONGEST_CRAWL_DELAY_SECONDS)
        return await self._turns.take(origin(url), max(self._delay_seconds, asked))

    async def _rules(self, host: str) -> Protego:
        text = await self._known_robots_text(host)
        if text is None:
            turn = await self._turns.take(host, self._delay_seconds)
            text = await self._known_robots_text(host)  # another worker's turn was before ours
        if text is None:
            text = await self._robots_text(host, turn)
            body = {"id": _robots(host), "sourceType": PARTITION, "text": text, "schemaVersion": 1}
            await self._documents.upsert(SCRAPER_SOURCES, {**body, "fetchedAt": clock.text_now()})
        if host not in self._parsed or self._parsed[host][0] != text:
            self._parsed[host] = text, await asyncio.to_thread(Protego.parse, text)
        return self._parsed[host][1]

    async def _known_robots_text(self, host: str) -> str | None:
        standing = await self._documents.get(SCRAPER_SOURCES, PARTITION, _robots(host))
        if standing is None or skew.believed(standing.body["fetchedAt"]) < clock.text_now(-ROBOTS_KEPT):
            return None
        text: str = standing.body["text"]
        return text

    async def _robots_text(self, host: str, turn: Turn) -> str:
        """Return what robots.txt says now; `turn` is the one for it."""

        async def before(address: str) -> None:
            nonlocal turn
            if turn.used:  # a redirect
                turn = await self._turns.take(origin(address), self._delay_seconds)

        async def sending() -> None:
            nonlocal turn
            turn = await self._turns.use(turn)

        url = urljoin(host, "/robots.txt")
        try:
            found = await self._fetcher.get_if_changed(url, _ROBOTS, NOTHING_KNOWN, before=before, sending=sending)
        except Permanent as error:
            if error.code in _ABSENT:
                return ""
            raise
        except Transient as error:
            if error.code == "host_busy":
                raise
            raise Transient(
                f"{shown(url)}: its robots.txt can't be read, so nothing of it may be: {error}",
                code="robots_unreachable", dependency="content", retry_after=error.retry_after,
            ) from error  # fmt: skip
        assert isinstance(found, Fetched)
        return found.body.decode("utf-8", "replace").lstrip("\ufeff")


def _robots(host: str) -> str:
    return f"robots|{host}"
