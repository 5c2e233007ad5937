"""App's proof: how the console proves to Entra that it is the app that people signed in to.

By the managed identity that the app's registration trusts (a federated credential): nothing is kept that could leak.
Where there is no such identity, by a client secret.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from api.auth import asking
from shared.errors import Misconfigured

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_EXCHANGES = {
    "login.microsoftonline.us": "api://AzureADTokenExchangeUSGov",
    "login.partner.microsoftonline.cn": "api://AzureADTokenExchangeChina",
}
"""What an identity's token is for in other clouds: Entra, Configure an application to trust a managed identity."""
_EXCHANGE = "api://AzureADTokenExchange"


class Proof(Protocol):
    """The port."""

    async def members(self) -> Mapping[str, str]:
        """Return what is added to a request for tokens. Raises Misconfigured or Unavailable."""
        ...


class Secret:
    """A client secret of the registration."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def members(self) -> Mapping[str, str]:
        """See Proof."""
        return {"client_secret": self._secret}


class Identity:
    """A user-assigned managed identity, by its client id."""

    def __init__(self, client_id: str, authority: str) -> None:
        self._client_id = client_id
        self._scope = f"{_EXCHANGES.get(urlsplit(authority).hostname or '', _EXCHANGE)}/.default"

    async def members(self) -> Mapping[str, str]:
        """See Proof."""
        from azure.core.exceptions import AzureError, ClientAuthenticationError
        from azure.identity.aio import ManagedIdentityCredential

        what = "A token of the managed identity"
        try:
            async with (
                asyncio.timeout(asking.LIMIT_SECONDS),
                ManagedIdentityCredential(client_id=self._client_id) as credential,
            ):
                token = await credential.get_token(self._scope)
        except ClientAuthenticationError as error:
            raise Misconfigured(
                "The managed identity that CONSOLE_ENTRA_IDENTITY names can't be used here.",
                code="identity_denied", dependency="identity",
            ) from error  # fmt: skip
        except (AzureError, TimeoutError) as error:
            raise asking.unavailable(what, "its endpoint", type(error).__name__) from error
        return {"client_assertion_type": _ASSERTION, "client_assertion": token.token}
