"""Conventions that hold for every route: problems, ids and traces, ETags, keys of requests, limits, bodies."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import pytest

from api.limits import Rate
from operations import idempotency
from shared.documents.containers import IDEMPOTENCY
from tests.integration.api.worlds import ADDRESS, ApiWorld, key_of

LIKE = {"user_id": "ada", "item_id": "hat", "image_url": "https://shop.example/hat.png"}
TASTE = "/jobs/taste-analysis"


async def test_an_unknown_route_is_a_problem(world: ApiWorld) -> None:
    told = await world.asked("GET", "/nothing", "reader")

    assert (told.status_code, told.json()["code"]) == (404, "route_unknown")
    assert told.json()["type"] == "/api/errors#route_unknown"


async def test_another_method_is_a_problem_that_tells_the_right_ones(world: ApiWorld) -> None:
    told = await world.asked("DELETE", "/jobs", "reader")

    assert (told.status_code, told.json()["code"]) == (405, "method_not_allowed")
    assert told.headers["allow"] == "GET"


async def test_the_address_of_a_problem_leads_to_what_its_code_means(world: ApiWorld) -> None:
    told = (await world.asked("GET", "/jobs/none", "reader")).json()
    async with world.client(None) as client:
        page = await client.get(told["type"])

    assert page.status_code == 200
    assert f'id="{told["code"]}"' in page.text


async def test_a_request_keeps_its_id_and_its_trace(world: ApiWorld) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"x-request-id": "mine-1", "traceparent": f"00-{trace}-00f067aa0ba902b7-01"}

    told = await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)

    assert told.headers["x-request-id"] == "mine-1"
    assert told.headers["traceparent"].split("-")[1] == trace
    assert world.queues.sent[0]["traceparent"].split("-")[1] == trace


@pytest.mark.parametrize("given", ["x" * 65, "a b", "a\tb", "ä"])
async def test_an_id_of_a_request_that_is_not_plain_gets_another(world: ApiWorld, given: str) -> None:
    told = await world.asked("GET", "/jobs", "reader", headers={"x-request-id": given.encode()})

    assert told.headers["x-request-id"] != given
    assert told.status_code == 200


async def test_what_is_read_again_unchanged_has_no_body(world: ApiWorld) -> None:
    await world.like("hat")
    first = await world.asked("GET", "/jobs/hat", "reader")

    again = await world.asked("GET", "/jobs/hat", "reader", headers={"if-none-match": first.headers["etag"]})
    await world.asked("POST", "/jobs/hat/cancel", "operator")
    changed = await world.asked("GET", "/jobs/hat", "reader", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


class TestIdempotencyKey:
    async def test_asked_again_the_request_gets_the_first_answer(self, world: ApiWorld) -> None:
        headers = {"idempotency-key": "one"}
        first = await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)
        again = await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)

        assert again.json() == first.json()
        assert again.json()["items"][0]["answer"] == "accepted"
        assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")

    async def test_of_two_at_once_one_is_done_and_the_other_waits_or_gets_its_answer(self, world: ApiWorld) -> None:
        headers = {"idempotency-key": "one"}
        answers = await asyncio.gather(
            *(world.asked("POST", TASTE, "producer", json=LIKE, headers=headers) for _ in range(5))
        )

        done = [one for one in answers if one.status_code == 202]
        assert {one.status_code for one in answers} <= {202, 409}
        assert len({one.text for one in done}) == 1
        assert sum("idempotency-replayed" not in one.headers for one in done) == 1
        assert world.messages(world.settings.taste_queue) == 1

    async def test_with_another_body_it_is_refused(self, world: ApiWorld) -> None:
        headers = {"idempotency-key": "one"}
        await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)
        other = await world.asked("POST", TASTE, "producer", json={**LIKE, "item_id": "coat"}, headers=headers)

        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    async def test_while_the_first_is_in_progress_it_is_to_wait(self, world: ApiWorld) -> None:
        headers = {"idempotency-key": "one"}
        await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)
        (held,) = [document async for document in world.documents.query(IDEMPOTENCY)]
        body = {name: value for name, value in held.body.items() if name != "answer"}
        await world.documents.replace(IDEMPOTENCY, body, held.etag)

        again = await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)

        assert (again.status_code, again.json()["code"]) == (409, "idempotency_in_progress")
        assert again.headers["retry-after"] == "1"

    async def test_one_that_was_cut_off_may_be_asked_again_once_its_time_is_over(self, world: ApiWorld) -> None:
        headers = {"idempotency-key": "one"}
        await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)
        (held,) = [document async for document in world.documents.query(IDEMPOTENCY)]
        body = {name: value for name, value in held.body.items() if name != "answer"}
        await world.documents.replace(IDEMPOTENCY, body, held.etag)
        world.time.advance(2 * idempotency.KEPT.total_seconds())

        again = await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)

        assert again.status_code == 202
        assert "idempotency-replayed" not in again.headers

    async def test_a_key_is_its_callers_own(self, world: ApiWorld) -> None:
        headers = {"idempotency-key": "one"}
        await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)
        other = await world.asked("POST", TASTE, "admin", json={**LIKE, "item_id": "coat"}, headers=headers)

        assert other.status_code == 202

    async def test_what_failed_may_be_asked_again(self, world: ApiWorld) -> None:
        headers = {"idempotency-key": "one"}
        world.queues.down = True
        failed = await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)
        world.queues.down = False
        again = await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)

        assert (failed.status_code, failed.headers["retry-after"]) == (503, "5")
        assert again.status_code == 202

    @pytest.mark.parametrize("key", ["", "x" * 129, "a b", "ä"])
    async def test_one_that_is_not_plain_is_refused(self, world: ApiWorld, key: str) -> None:
        headers = {"idempotency-key": key.encode()}
        told = await world.asked("POST", TASTE, "producer", json=LIKE, headers=headers)

        assert (told.status_code, told.json()["code"]) == (422, "idempotency_key_invalid")


async def test_who_asks_too_often_is_told_when_to_come_back(world: ApiWorld) -> None:
    world.world.rate = Rate(2)
    answers = [await world.asked("GET", "/jobs", "reader") for _ in range(3)]
    other = await world.asked("GET", "/jobs", "operator")

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) >= 1
    assert other.status_code == 200


async def test_a_body_over_the_limit_is_refused(world: ApiWorld) -> None:
    world.world.services = dataclasses.replace(
        world.world.services, settings=dataclasses.replace(world.settings, api_body_limit=1024)
    )

    async def parts():  # type: ignore[no-untyped-def]  # without a Content-Length
        for _ in range(20):
            yield b"x" * 100

    told = await world.asked("POST", TASTE, "producer", content=b"x" * 1025)
    in_parts = await world.asked("POST", TASTE, "producer", content=parts())

    assert [(one.status_code, one.json()["code"]) for one in (told, in_parts)] == [(413, "body_too_large")] * 2


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"user_id": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 200 + b"1" + b"}" * 200,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
async def test_a_body_that_is_not_json_is_refused(world: ApiWorld, body: bytes) -> None:
    told = await world.asked("POST", TASTE, "producer", content=body, headers={"content-type": "application/json"})

    assert (told.status_code, told.json()["code"]) == (400, "not_json")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
async def test_a_body_of_another_type_is_refused(world: ApiWorld, content_type: str) -> None:
    told = await world.asked(
        "POST", TASTE, "producer", content=json.dumps(LIKE), headers={"content-type": content_type}
    )

    assert (told.status_code, told.json()["code"]) == (415, "content_type_not_json")


async def test_a_store_that_fails_is_a_503_that_says_when_to_ask_again(world: ApiWorld) -> None:
    world.documents.fail("query jobs")
    told = await world.asked("GET", "/jobs", "reader")

    assert (told.status_code, told.json()["code"]) == (503, "unavailable")
    assert told.headers["retry-after"] == "5"


async def test_a_defect_is_a_500_that_tells_nothing_of_it(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is s3cret")

    monkeypatch.setattr("operations.jobs.search", broken)
    told = await world.asked("GET", "/jobs", "reader")

    assert (told.status_code, told.json()["code"]) == (500, "unexpected")
    assert "s3cret" not in told.text


async def test_every_answer_is_as_safe_as_it_can_be(world: ApiWorld) -> None:
    told = await world.asked("GET", "/jobs", "reader")

    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["cache-control"] == "no-store"
    assert key_of("reader") not in told.text
    assert ADDRESS not in told.text
