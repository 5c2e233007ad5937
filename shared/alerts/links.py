"""Links: which page of the console shows what a notification is about? None unless CONSOLE_URL says where that is.

A rule that users defined has a page of its own; its messages name it in their facts. One that says that nothing is
watched any more leads to what was told: the rule may be gone. The app's own rules are told apart by their scopes: job
health's are of what it looked at (``run:digest:slot``, ``queue:…:poison``, ``gate:…``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from shared.config import Settings
from shared.documents.ids import Own

_OF_RATES = ("global", "reseller", "merchant")
"""What scopes of pickup rates begin with."""


def page_of(settings: Settings, client: str, scope: str, facts: Mapping[str, Any]) -> str | None:
    """Return the address of the page about a message; the overview for one that has no page of its own.

    `client`, `scope` and `facts` are the message's.
    """
    base = settings.console_url.rstrip("/")
    if not base.startswith(("https://", "http://")):
        return None
    rule = facts.get("rule")
    if isinstance(rule, Mapping):
        whose = {} if isinstance(client, Own) else {"client": client}
        if facts.get("verdict") == "unwatched":
            return f"{base}/alerts/history{_query(rule=rule['id'], **whose)}"
        return f"{base}/alerts/rules/{quote(rule['id'], safe='')}{_query(**whose) if whose else ''}"
    sort, _, rest = scope.partition(":")
    if sort == "run" and rest:
        return f"{base}/runs{_query(name=rest.partition(':')[0])}"
    if sort == "queue" and rest.endswith(":poison"):
        return f"{base}/dead-letters{_query(queue=rest.removesuffix(':poison'))}"
    if sort in _OF_RATES:
        return f"{base}/pickup-rate{_query(scope=scope)}"
    return base


def _query(**members: str) -> str:
    return f"?{urlencode(members, quote_via=quote)}"
