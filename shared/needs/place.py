"""Place: what are the things in Azure called that a remedy's command names?"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from shared.config import Settings

_APP = ("WEBSITE_SITE_NAME", "AZURE_FUNCTION_NAME")
_GROUP = ("WEBSITE_RESOURCE_GROUP", "AZURE_RESOURCE_GROUP")
"""Azure sets the first of these for an app, `azd env get-values` gives the second."""


@dataclass(frozen=True, slots=True)
class Who:
    """The principal that the services know us as: its object id, and what it is."""

    id: str = "PRINCIPAL_ID"
    type: str = "ServicePrincipal"


@dataclass(frozen=True, slots=True)
class Place:
    """Names of the app, its group, its accounts and its principal; a word in capitals where one isn't known."""

    app: str = "APP"
    group: str = "RESOURCE_GROUP"
    storage: str = "STORAGE_ACCOUNT"
    cosmos: str = "COSMOS_ACCOUNT"
    who: Who = Who()


def place_of(settings: Settings, environment: Mapping[str, str], who: Who | None = None) -> Place:
    """Return the names that settings and environment give."""
    known = {
        "app": _first(environment, _APP),
        "group": _first(environment, _GROUP),
        "storage": settings.storage_account or _account(settings.queue_service_uri or settings.blob_service_uri),
        "cosmos": _account(settings.cosmos_endpoint),
    }
    return Place(who=who or Who(), **{name: value for name, value in known.items() if value})


def who_of(token: str) -> Who | None:
    """Return whose access token it is; None when it doesn't say. It is our own, so nobody has to verify it."""
    try:
        payload = token.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return Who(str(claims["oid"]), "User" if "scp" in claims else "ServicePrincipal")
    except (IndexError, KeyError, TypeError, ValueError):
        return None


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")


def _account(address: str) -> str:
    return (urlsplit(address).hostname or "").partition(".")[0]
