"""Azure Communication Services: how is a mail handed to it, and what became of one?

Its REST API "Email - Send" and "Email - Get Send Result", version 2025-09-01. The caller names each operation by a GUID
(Operation-Id), so that what was asked can be asked about after a crash. The app asks with its own identity; a server on
this machine is asked without any.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.errors import Misconfigured, NightshiftError, Permanent, RateLimited, Transient
from shared.services import Services
from shared.web.loopback import is_loopback
from shared.web.retry_after import retry_after

if TYPE_CHECKING:
    import aiohttp

GATE = "mail:acs"
"""What failures that a person has to mend close."""
API_VERSION = "2025-09-01"
SCOPE = "https://communication.azure.com//.default"
"""As Microsoft's own client asks for it, both slashes included."""
ROLE = "Communication and Email Service Owner"
_SECONDS = 30.0
_MOST_TOLD = 200
_FAILED = frozenset(("Failed", "Canceled"))


class AcsMail:
    """Hands mails to one resource over one pool of connections, opened at first use. `close` it at the end."""

    def __init__(self, endpoint: str, credential: Any = None) -> None:
        """Take the resource's address; `credential` (default: the app's identity) gives tokens for it.

        Raises Misconfigured for an address that isn't https, but for one on this machine.
        """
        parts = urlsplit(endpoint)
        self._is_local = parts.scheme == "http" and is_loopback(endpoint)
        if not self._is_local and not (parts.scheme == "https" and parts.hostname):
            raise Misconfigured(
                "ACS_ENDPOINT isn't the https address of a resource of Azure Communication Services, such as "
                "https://NAME.communication.azure.com.",
                code="setting_invalid",
                dependency=GATE,
            )
        self._endpoint = endpoint.rstrip("/")
        self._credential = credential
        self._session: aiohttp.ClientSession | None = None

    async def send(self, operation: str, message: dict[str, Any]) -> None:
        """Hand a mail over; when this returns, the service has it.

        Raises RateLimited (429, with the wait that it says); Misconfigured `mail_denied`, `mail_resource_unknown`;
        Permanent `mail_refused`; Transient `mail_failing`, `mail_known` (the operation is there already),
        `mail_unreachable`: after those nobody knows whether it came, and `status` tells.
        """
        status, headers, said = await self._ask("POST", "/emails:send", {"Operation-Id": operation}, message)
        if status != 202:
            raise _classed(status, headers, said)
        _check(said)

    async def status(self, operation: str) -> str | None:
        """Return what the service says of an operation, such as Running; None when it knows none of that id.

        Raises Permanent `mail_undelivered` for one that failed, else as `send` does.
        """
        status, headers, said = await self._ask("GET", f"/emails/operations/{operation}", {}, None)
        if status == 404:
            return None
        if status != 200:
            raise _classed(status, headers, said)
        _check(said)
        return str(said.get("status", ""))

    async def close(self) -> None:
        """Give the connections back."""
        session, self._session = self._session, None
        credential, self._credential = self._credential, None
        if session is not None:
            await session.close()
        if credential is not None:
            await credential.close()

    async def _ask(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS))
        url, params = f"{self._endpoint}{path}", {"api-version": API_VERSION}
        asked = {**headers, **await self._authorization()}
        try:
            async with self._session.request(
                method, url, params=params, json=body, headers=asked, allow_redirects=False
            ) as answer:
                told = {name.lower(): value for name, value in answer.headers.items()}
                return answer.status, told, _object(await answer.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            why = type(error).__name__
            raise Transient(
                f"The mail service can't be reached ({why})", code="mail_unreachable", dependency=GATE
            ) from (error)

    async def _authorization(self) -> dict[str, str]:
        if self._is_local and self._credential is None:
            return {}
        from azure.core.exceptions import AzureError, ClientAuthenticationError

        try:
            if self._credential is None:
                self._credential = await asyncio.to_thread(_identity)
            token = await self._credential.get_token(SCOPE)
        except ClientAuthenticationError as error:
            raise Misconfigured(
                f"The app's identity got no token for the mail service: {str(error)[:_MOST_TOLD]}",
                code="mail_denied",
                dependency=GATE,
            ) from None
        except AzureError as error:
            why = f"The app's identity can't be asked: {str(error)[:_MOST_TOLD]}"
            raise Transient(why, code="mail_unreachable", dependency=GATE) from None
        return {"Authorization": f"Bearer {token.token}"}


def of_services(services: Services) -> AcsMail:
    """Open what ACS_ENDPOINT names. Raises Misconfigured with the remedy."""
    endpoint = services.settings.acs_endpoint
    if not endpoint:
        raise Misconfigured(
            "DIGEST_SENDER is acs, but ACS_ENDPOINT isn't set. Set it to the resource's address, such as "
            "https://NAME.communication.azure.com, or DIGEST_SENDER=none.",
            code="setting_missing",
            dependency=GATE,
        )
    return AcsMail(endpoint)


def _identity() -> Any:
    from azure.identity.aio import DefaultAzureCredential

    return DefaultAzureCredential()


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _check(said: dict[str, Any]) -> None:
    if said.get("status") in _FAILED:
        raise Permanent(f"The mail wasn't sent: {_told(said)}", code="mail_undelivered", dependency=GATE)


def _classed(status: int, headers: dict[str, str], said: dict[str, Any]) -> NightshiftError:
    told = f"{_told(said)} ({status})"
    if status == 429:
        return RateLimited(f"Too many mails: {told}", dependency=GATE, retry_after=retry_after(headers))
    if status in (401, 403):
        return Misconfigured(
            f"The mail service denies the app: {told}. Give its identity the role {ROLE!r} on the resource.",
            code="mail_denied",
            dependency=GATE,
        )
    if status == 404:
        return Misconfigured(
            f"The mail service doesn't know the resource, or the sender's domain: {told}. Check ACS_ENDPOINT, "
            "DIGEST_FROM, and that the domain is linked to the resource.",
            code="mail_resource_unknown",
            dependency=GATE,
        )
    if status == 409:
        return Transient(f"The mail service has such a mail: {told}", code="mail_known", dependency=GATE)
    if status == 408 or status >= 500 or status < 400:
        wait = retry_after(headers)
        return Transient(f"The mail service fails: {told}", code="mail_failing", dependency=GATE, retry_after=wait)
    return Permanent(f"The mail service refuses the mail: {told}", code="mail_refused", dependency=GATE)


def _told(said: dict[str, Any]) -> str:
    error = said.get("error")
    parts = [str(error[name]) for name in ("code", "message") if error.get(name)] if isinstance(error, dict) else []
    return ": ".join(parts)[:_MOST_TOLD] or "it says no more"
