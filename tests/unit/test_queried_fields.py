"""Would the suite notice a query that Cosmos DB has no index for?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.documents.containers import CONTAINERS, WEAR_EVENTS
from shared.documents.observed import ObservedDocuments
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from shared.rollups import marks
from tests import queried_fields


async def test_what_the_app_filters_and_sorts_by_is_noted() -> None:
    documents = SqliteDocuments(":memory:")

    await marks.oldest(ObservedDocuments(documents, "sqlite"), ["taste"])
    await documents.close()

    assert {("rollupWork", "kind"), ("rollupWork", "since")} <= queried_fields.noted


@pytest.mark.parametrize("around", [lambda store: store, lambda store: ObservedDocuments(store, "sqlite")])
async def test_what_a_test_asks_itself_is_not(around: Callable[[Documents], Documents]) -> None:
    documents = around(SqliteDocuments(":memory:"))

    await documents.count(WEAR_EVENTS, where=[("noted", "exists", True)])
    assert [one async for one in documents.query(WEAR_EVENTS, where=[("noted", "exists", True)])] == []
    await documents.close()

    assert ("wearEvents", "noted") not in queried_fields.noted


def test_a_field_without_an_index_is_told() -> None:
    (told,) = queried_fields.missing([("jobs", "status"), ("jobs", "id"), ("jobs", "payload.colour")])

    assert told.startswith("jobs.payload.colour is queried or sorted by, and isn't indexed")


def test_an_index_that_nobody_asks_for_is_told_and_a_partition_key_never() -> None:
    everything = {(one.name, field) for one in CONTAINERS for field in one.queried_members}

    assert queried_fields.unused(everything) == []
    (told,) = queried_fields.unused(everything - {("jobs", "status"), ("jobs", "scope")})
    assert told.startswith("jobs.status is indexed")
