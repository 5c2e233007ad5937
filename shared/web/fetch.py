"""Safe fetching: how is something fetched from an address that a stranger gave?

Every outside fetch of the app goes through a `Fetcher`: https only, to public addresses only (asked when the socket is
made, so a name that resolves to another address a moment later gains nothing), few redirects, and limits on bytes (as
sent and as unpacked), time and content type. Each failure comes out classed, with dependency ``content``. What was
fetched before is fetched again only if it has changed (RFC 9110, conditional requests). An address is asked for as it
is written, as browsers do: nothing is quoted, unquoted or put in order.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from shared.errors import Permanent, Transient
from shared.web import addresses, links
from shared.web.body import read_body
from shared.web.exchange import PLAIN_TYPE, TOTAL_SECONDS, USER_AGENT, Fetched, Posted, Unchanged, Validators, Wanted
from shared.web.retry_after import retry_after

MAX_REDIRECTS = 3
CONNECT_SECONDS = 10.0
_NOT_MODIFIED = 304
_SAID_BYTES = 4096
_MAX_VALIDATOR_CHARACTERS = 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({408, 425, 429})
_DENIED = frozenset({401, 403})
_GONE = frozenset({404, 410})


Before = Callable[[str], Awaitable[None]]
"""Awaited before each address is asked, redirects' too; raises to refuse it. Its time doesn't count."""
Sending = Callable[[], Awaitable[None]]
"""Awaited for each request when its connection stands, just before it is written; raises not to send it.

A request that is sent again, because the server has dropped a connection that was kept, is one more. Its time counts.
"""


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is being asked for: the address, whether it is an allowed local host's, and who is to know of requests."""

    url: str
    local: bool
    sending: Sending | None = None


_asking: ContextVar[_Asking] = ContextVar("asking")
"""For what aiohttp calls in the task of the request: where its socket is made, and where it is written."""


class _Request(aiohttp.ClientRequest):
    """A request that tells of itself just before it is written."""

    async def send(self, conn: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        """See ClientRequest: called once the connection stands."""
        sending = _asking.get().sending
        if sending is not None:
            await sending()
        return await super().send(conn)


class Fetcher:
    """Fetches over one pool of connections, opened at first use. `close` it at the end."""

    def __init__(
        self,
        allowed_local: str = "",
        resolver: aiohttp.abc.AbstractResolver | None = None,
        *,
        user_agent: str = USER_AGENT,
    ) -> None:
        """Take FETCH_ALLOWED_LOCAL's text. Raises Misconfigured when it isn't a list of host:port."""
        self._allowed = addresses.AllowedLocal(allowed_local)
        self._resolver = resolver
        self._user_agent = user_agent
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str, wanted: Wanted) -> Fetched:
        """Return what is at `url`. One try.

        Raises Permanent: `address_refused`, `content_denied` (401, 403), `content_missing` (404, 410),
        `content_refused` (another 4xx), `content_type`, `content_too_large`, `content_empty`, `content_encoding`,
        `redirects`. Raises Transient: `content_busy` (408, 425, 429), `content_failed` (5xx), both with the server's
        Retry-After if it gave one, `content_slow`, `content_unreachable`.
        """
        found = await self.get_if_changed(url, wanted, Validators())
        assert isinstance(found, Fetched)  # nobody has asked for a newer version
        return found

    async def get_if_changed(
        self,
        url: str,
        wanted: Wanted,
        known: Validators,
        *,
        before: Before | None = None,
        sending: Sending | None = None,
    ) -> Fetched | Unchanged:
        """Return what is at `url` unless it is still the version that `known` names. One try; raises what `get` does.

        Whatever `before` and `sending` raise is raised.
        """
        try:
            return await self._follow(url, wanted, known, before, sending)
        except TimeoutError:
            raise _slow(url, f"within {wanted.total_seconds:g} s") from None
        except ValueError as error:  # aiohttp's InvalidURL too; else a host that no resolver can encode
            raise addresses.refused(url, "it isn't an address") from error
        except (aiohttp.ClientError, ssl.SSLError, OSError) as error:
            raise Transient(
                f"{addresses.shown(url)} can't be reached: {type(error).__name__}: {str(error)[:200]}",
                code="content_unreachable",
                dependency="content",
            ) from error

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
        """Post `body` and return the answer, whatever its status. One try; redirects aren't followed.

        Raises Permanent `address_refused`; Transient `content_slow`, `content_unreachable`.
        """
        local = self._allowed.covers(url)
        addresses.check(url, local=local)
        asking = _asking.set(_Asking(url, local))
        try:
            async with (
                asyncio.timeout(TOTAL_SECONDS),
                self._open().post(_as_written(url), data=body, headers=headers, allow_redirects=False) as response,
            ):
                said = await response.content.read(_SAID_BYTES)
                return Posted(response.status, said, retry_after(response.headers))
        except TimeoutError:
            raise _slow(url, f"within {TOTAL_SECONDS:g} s") from None
        except ValueError as error:
            raise addresses.refused(url, "it isn't an address") from error
        except (aiohttp.ClientError, ssl.SSLError, OSError) as error:
            raise Transient(
                f"{addresses.shown(url)} can't be reached: {type(error).__name__}",
                code="content_unreachable",
                dependency="content",
            ) from None  # aiohttp's own words hold the whole address
        finally:
            _asking.reset(asking)

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _follow(
        self, url: str, wanted: Wanted, known: Validators, before: Before | None, sending: Sending | None
    ) -> Fetched | Unchanged:
        local, left = self._allowed.covers(url), wanted.total_seconds
        addresses.check(url, local=local)
        address = links.resolved(url)
        for _ in range(MAX_REDIRECTS + 1):
            if address is None:
                raise addresses.refused(url, "it isn't an address")
            url = address.partition("#")[0]
            addresses.check(url, local=local)
            if before is not None:
                await before(url)
            began = time.monotonic()
            async with asyncio.timeout(left):
                found = await self._one(_Asking(url, local, sending), wanted, known)
            left -= time.monotonic() - began
            if not isinstance(found, str):
                return found
            address = links.located(found, url)
            local = local and address is not None and self._allowed.covers(address)  # the internet never leads there
        raise Permanent(
            f"{addresses.shown(url)} is the end of more than {MAX_REDIRECTS} redirects",
            code="redirects",
            dependency="content",
        )

    async def _one(self, asking: _Asking, wanted: Wanted, known: Validators) -> Fetched | Unchanged | str:
        """Return what is at an address, or where it redirects to."""
        url, before = asking.url, _asking.set(asking)
        conditions = _conditions(known)
        try:
            async with self._open().get(
                _as_written(url), allow_redirects=False, timeout=_timeouts(wanted), headers=conditions
            ) as response:
                if response.status in _REDIRECTS:
                    return _location(response, url)
                if response.status == _NOT_MODIFIED and conditions:
                    return Unchanged(url)
                _check_status(response, url)
                content_type = _content_type(response.headers)
                if not wanted.takes(content_type):
                    raise Permanent(
                        f"{addresses.shown(url)} sends {content_type[:80]!r}, which isn't what is fetched here",
                        code="content_type",
                        dependency="content",
                    )
                body = await read_body(response, url, wanted.max_bytes)
                base = links.located(response.headers.get("Content-Location", ""), url) or url
                return Fetched(url, content_type, body, response.charset or "", _validators(response.headers), base)
        except aiohttp.ServerTimeoutError:
            raise _slow(url, f"for {wanted.idle_seconds:g} s") from None
        finally:
            _asking.reset(before)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                socket_factory=_checked_socket,
                resolver=self._resolver,
                happy_eyeballs_delay=None,  # one after the other, in this task: _checked_socket asks its context
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                request_class=_Request,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # bounded here, chunk by chunk
                headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
                requote_redirect_url=False,
            )
        return self._session


def _checked_socket(address: Any) -> socket.socket:
    """Make the socket for an address that is about to be connected to, unless it may not be reached.

    Raises Permanent: aiohttp passes on what isn't an OSError, so no other address of the name is tried.
    """
    family, kind, protocol, _, (ip, *_) = address
    asking = _asking.get()
    if not asking.local and not addresses.is_public(ip):
        raise addresses.refused(asking.url, "its host isn't on the public internet")
    return socket.socket(family, kind, protocol)


def _as_written(url: str) -> URL:
    """Return what makes aiohttp ask for the address as it is: not quoted anew, a ``?`` with nothing behind included."""
    scheme, authority, target = links.parts(links.resolved(url) or url)
    return URL.build(scheme=scheme, authority=authority, path=target, encoded=True)


def _timeouts(wanted: Wanted) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=wanted.total_seconds, sock_connect=CONNECT_SECONDS, sock_read=wanted.idle_seconds
    )


def _location(response: aiohttp.ClientResponse, url: str) -> str:
    location = response.headers.get("Location", "")
    if not location:
        raise Permanent(
            f"{addresses.shown(url)} redirects ({response.status}) to nowhere", code="redirects", dependency="content"
        )
    return location


def _content_type(headers: Mapping[str, str]) -> str:
    return headers.get("Content-Type", "").partition(";")[0].strip().lower() or PLAIN_TYPE


def _conditions(known: Validators) -> dict[str, str]:
    named = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in named.items() if value}


def _validators(headers: Mapping[str, str]) -> Validators:
    etag, modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
    return Validators(*(text if len(text) <= _MAX_VALIDATOR_CHARACTERS else "" for text in (etag, modified)))


def _check_status(response: aiohttp.ClientResponse, url: str) -> None:
    status = response.status
    if status == 200:
        return
    answers = f"{addresses.shown(url)} answers {status} for {addresses.path_shown(url)}"
    if status in _BUSY or status >= 500:
        code = "content_busy" if status in _BUSY else "content_failed"
        raise Transient(answers, code=code, dependency="content", retry_after=retry_after(response.headers))
    code = "content_denied" if status in _DENIED else "content_missing" if status in _GONE else "content_refused"
    raise Permanent(answers, code=code, dependency="content")


def _slow(url: str, how: str) -> Transient:
    return Transient(f"{addresses.shown(url)} didn't answer {how}", code="content_slow", dependency="content")
