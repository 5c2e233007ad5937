"""Check of host.json, and of a setting of the host: do they say what the queue runtime and the API rely on?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from operations.health.finding import Finding, fine, wrong

CHECK = "host.json"
RELIED_ON: tuple[tuple[str, Any, str], ...] = (
    ("version", "2.0", "no other is known"),
    ("functionTimeout", "00:10:00", "a handling has 4 minutes and its worker time to end it"),
    ("extensions.http.routePrefix", "", "else the API isn't at the addresses that its document has"),
    ("extensions.queues.batchSize", 16, "the memory and the connections of a worker are measured for it"),
    ("extensions.queues.messageEncoding", "none", "else the host moves what isn't Base64 to the poison queue, unseen"),
    ("extensions.queues.visibilityTimeout", "00:00:30", "else a failed message comes back at once"),
    ("extensions.queues.maxDequeueCount", 1000, "else deferrals and outages use it up and poison good messages"),
)
"""Each value, and what would happen without it."""

HOMEPAGE = "AzureWebJobsDisableHomepage"
_OVERRIDE = "AzureFunctionsJobHost__"


def check(path: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each value that is relied on; settings AzureFunctionsJobHost__… win."""
    yield _homepage(environment)
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        yield wrong(CHECK, str(path), f"can't be read as JSON: {error}", "Take it back from the repository.")
        return
    overrides = {name.casefold(): value for name, value in environment.items()}
    for name, wanted, why in RELIED_ON:
        override = f"{_OVERRIDE}{name.replace('.', '__')}"
        overridden = overrides.get(override.casefold())
        value = _at(content, name) if overridden is None else overridden
        if value is not None and str(value).casefold() == str(wanted).casefold():
            yield fine(CHECK, name, str(value))
        else:
            mend = f"Set it to {json.dumps(wanted)}." if overridden is None else f"Remove the setting {override}."
            yield wrong(CHECK, name, f"{'missing' if value is None else value}: {why}", mend)


def _homepage(environment: Mapping[str, str]) -> Finding:
    """Return whether the host leaves ``/`` to the API."""
    value = next((value for name, value in environment.items() if name.casefold() == HOMEPAGE.casefold()), None)
    if value is not None and value.casefold() == "true":
        return fine(CHECK, HOMEPAGE, value)
    found = "missing" if value is None else value
    text = f"{found}: else the host answers / with its own page"
    return Finding(CHECK, HOMEPAGE, "warning", text, f"Set {HOMEPAGE}=true.")


def _at(content: Any, name: str) -> Any:
    for step in name.split("."):
        content = content.get(step) if isinstance(content, dict) else None
    return content
