"""Which paths of a container are indexed, and what does another policy leave out?"""

from __future__ import annotations

from typing import Any

import pytest

from shared.documents import cosmos_index
from shared.documents.containers import Container

CALLS = Container("calls", "merchantId", indexed=("id", "at"), ordered=("at",), queried=("reason.code",))
PATHS = ["/at/?", "/merchantId/?", "/reason/code/?", "/_original/*"]


def test_what_queries_name_is_indexed_and_nothing_else() -> None:
    policy = cosmos_index.policy(CALLS)

    assert [one["path"] for one in policy["includedPaths"]] == PATHS
    assert policy["excludedPaths"] == [{"path": "/*"}]


@pytest.mark.parametrize(
    ("found", "left_out"),
    [
        (cosmos_index.policy(CALLS), []),
        ({"indexingMode": "consistent"}, []),
        ({"includedPaths": [{"path": "/*"}]}, []),
        ({"includedPaths": [{"path": "/*"}], "excludedPaths": [{"path": "/at/?"}]}, ["/at/?"]),
        ({"includedPaths": [{"path": path} for path in PATHS[1:]], "excludedPaths": [{"path": "/*"}]}, ["/at/?"]),
        ({"indexingMode": "none"}, PATHS),
    ],
    ids=["its own", "the default", "everything", "all but one", "one too few", "none"],
)
def test_what_another_policy_leaves_out_is_found(found: dict[str, Any], left_out: list[str]) -> None:
    assert cosmos_index.missing(CALLS, found) == left_out
