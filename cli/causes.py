"""Which failures are alike? Dead letters grouped by their cause: one mended cause, one replay of all its letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from shared.documents.port import Body

MEMBERS = ("id", "scope", "queue", "firstFailedAt", "lastFailedAt", "reason")
"""What of a record is needed to group it."""


def grouped(letters: Iterable[Body]) -> list[dict[str, Any]]:
    """Return one entry per cause, the most frequent first, with the letter that failed last as its example."""
    alike: dict[str, list[Body]] = defaultdict(list)
    for letter in letters:
        alike[letter["reason"]["cause"]].append(letter)
    causes = []
    for cause, members in alike.items():
        newest = max(members, key=lambda letter: str(letter["lastFailedAt"]))
        reason = newest["reason"]
        causes.append(
            {
                "cause": cause,
                "count": len(members),
                "code": reason["code"],
                "class": reason["class"],
                "queues": sorted({str(letter["queue"]) for letter in members}),
                "firstFailedAt": min(str(letter["firstFailedAt"]) for letter in members),
                "lastFailedAt": newest["lastFailedAt"],
                "example": {"id": newest["id"], "scope": newest["scope"], "message": reason["message"]},
            }
        )
    return sorted(causes, key=lambda cause: (-cause["count"], cause["cause"]))
