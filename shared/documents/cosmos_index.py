"""Index policies of Cosmos DB: of each container what queries name, and nothing else.

Every indexed path costs request units at each write, and a path that isn't indexed costs a scan when it is filtered by,
and an error when it is sorted by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.documents.containers import Container
from shared.documents.cosmos_items import ORIGINAL

EVERYTHING = "/*"


def paths(container: Container) -> list[str]:
    """Return the paths to index: the members that queries name, and the originals of ids that were made safe."""
    return [*(f"/{member.replace('.', '/')}/?" for member in container.queried_members), f"/{ORIGINAL}{EVERYTHING}"]


def policy(container: Container) -> dict[str, Any]:
    """Return the index policy that a container is to have."""
    return {
        "indexingMode": "consistent",
        "automatic": True,
        "includedPaths": [{"path": path} for path in paths(container)],
        "excludedPaths": [{"path": EVERYTHING}],
    }


def missing(container: Container, found: Mapping[str, Any]) -> list[str]:
    """Return which of the paths the policy `found` leaves out. One that names no paths takes in everything."""
    if found.get("indexingMode") == "none":
        return paths(container)
    included, excluded = _paths(found, "includedPaths"), _paths(found, "excludedPaths")
    if not included or EVERYTHING in included:
        return [path for path in paths(container) if path in excluded]
    return [path for path in paths(container) if path not in included]


def _paths(policy: Mapping[str, Any], of: str) -> set[str]:
    return {str(one["path"]) for one in policy.get(of, ())}
