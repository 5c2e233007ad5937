"""What does each failure of Cosmos DB come out as?"""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from shared.documents import cosmos_account
from shared.documents.containers import JOBS
from shared.documents.cosmos import CosmosDocuments
from shared.documents.cosmos_account import THROTTLE_RETRIES, Account
from shared.errors import Misconfigured, Unavailable
from tests import cosmos_standin
from tests.integration.documents.told_server import CHARGE, ToldServer

JOB = {"id": "job-1", "scope": "ada"}


async def test_throttling_is_waited_out_as_told_and_then_unavailable(
    documents: CosmosDocuments, told: ToldServer
) -> None:
    told.answer(429, {"x-ms-retry-after-ms": "7"})

    with pytest.raises(Unavailable, match="asked to wait 7 ms") as failed:
        await documents.get(JOBS, "ada", "job-1")

    assert (failed.value.code, failed.value.dependency) == ("store_throttled", "store")
    assert told.asked == 1 + THROTTLE_RETRIES


@pytest.mark.parametrize("status", [408, 410, 449, 500, 502, 503])
async def test_what_may_pass_is_unavailable(documents: CosmosDocuments, told: ToldServer, status: int) -> None:
    told.answer(status)

    with pytest.raises(Unavailable) as failed:
        await documents.upsert(JOBS, JOB)

    assert failed.value.dependency == "store"


@pytest.mark.parametrize(("status", "sub_status"), [(404, 1002), (403, 3), (403, 1008)])
async def test_a_replica_that_lags_or_moves_is_unavailable(
    documents: CosmosDocuments, told: ToldServer, status: int, sub_status: int
) -> None:
    told.answer(status, {"x-ms-substatus": str(sub_status)})

    with pytest.raises(Unavailable):
        await documents.get(JOBS, "ada", "job-1")


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_is_misconfigured_and_says_what_to_check(
    documents: CosmosDocuments, told: ToldServer, status: int
) -> None:
    told.answer(status)

    with pytest.raises(Misconfigured, match="Check COSMOS_KEY") as failed:
        await documents.get(JOBS, "ada", "job-1")

    assert failed.value.dependency == "store"


async def test_a_missing_container_is_not_taken_for_a_missing_document(
    documents: CosmosDocuments, told: ToldServer
) -> None:
    told.answer(404, {"x-ms-substatus": "1003"})

    with pytest.raises(Misconfigured, match="There is no container"):
        await documents.get(JOBS, "ada", "job-1")


async def test_a_create_that_finds_nothing_to_create_in_misses_its_container(
    documents: CosmosDocuments, told: ToldServer
) -> None:
    told.answer(404)

    with pytest.raises(Misconfigured, match="There is no container"):
        await documents.create(JOBS, JOB)


async def test_a_server_that_is_gone_is_unavailable() -> None:
    with HTTPServer() as server:
        told = ToldServer(server)
        told.answer(200)
        documents = CosmosDocuments(Account(told.endpoint, cosmos_standin.KEY, "nightshift"))
        await documents.get(JOBS, "ada", "job-1")

    with pytest.raises(Unavailable):
        await documents.get(JOBS, "ada", "job-1")
    await documents.close()


async def test_a_server_that_never_was_there_is_unavailable_until_it_is(told: ToldServer) -> None:
    documents = CosmosDocuments(Account("http://127.0.0.1:9/", cosmos_standin.KEY, "nightshift"))

    with pytest.raises(Unavailable):
        await documents.get(JOBS, "ada", "job-1")

    documents.account.endpoint = told.endpoint
    assert await documents.get(JOBS, "ada", "job-1") is None
    await documents.close()


async def test_a_server_that_stays_silent_is_unavailable(told: ToldServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cosmos_account, "READ_SECONDS", 0.2)
    documents = CosmosDocuments(Account(told.endpoint, cosmos_standin.KEY, "nightshift"))
    with told.silent(), pytest.raises(Unavailable):
        await documents.get(JOBS, "ada", "job-1")
    await documents.close()


async def test_a_closed_store_is_unavailable(documents: CosmosDocuments) -> None:
    await documents.close()

    with pytest.raises(Unavailable, match="closed"):
        await documents.get(JOBS, "ada", "job-1")


async def test_request_units_are_counted_by_operation_also_of_failures(
    documents: CosmosDocuments, told: ToldServer
) -> None:
    told.answer(200)
    await documents.get(JOBS, "ada", "job-1")
    told.answer(401)
    with pytest.raises(Misconfigured):
        await documents.get(JOBS, "ada", "job-1")
    told.answer(201)
    await documents.upsert(JOBS, JOB)

    used = documents.usage.by_operation
    assert (used["get"].calls, used["get"].request_units) == (2, 2 * CHARGE)
    assert (used["upsert"].calls, used["upsert"].request_units) == (1, CHARGE)
    assert documents.usage.request_units == 3 * CHARGE


@pytest.mark.parametrize("consistency", ["Strong", "Session"])
async def test_a_consistency_other_than_strong_is_said_once_and_not_refused(
    documents: CosmosDocuments, told: ToldServer, caplog: pytest.LogCaptureFixture, consistency: str
) -> None:
    told.consistency = consistency
    told.answer(200)

    for _ in range(2):
        await documents.get(JOBS, "ada", "job-1")

    said = [record for record in caplog.records if record.getMessage() == "store_not_strong"]
    assert len(said) == (consistency != "Strong")


@pytest.mark.parametrize(
    ("endpoint", "key", "says"),
    [("nightshift", "", "COSMOS_ENDPOINT"), ("https://a.documents.azure.com", "not a key", "COSMOS_KEY")],
)
def test_an_endpoint_or_key_that_is_none_is_refused_with_the_settings_name(endpoint: str, key: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=says):
        Account(endpoint, key, "nightshift")
