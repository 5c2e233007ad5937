"""What does each failure of the model do to the job, its attempts, the gate, and what an operator sees?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from cli import output
from cli.commands.jobs import described
from operations import jobs
from shared import clock
from tests.actors import ADMIN
from tests.integration.models.model_double import SEEN, ModelDouble, completion, failure, seen
from tests.integration.models.worlds import MODEL, World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A failure of the model, and what must follow."""

    name: str
    answer: Response
    error_class: str
    code: str
    status: str
    attempts: int
    calls: int
    gate_seconds: float | None = None
    """How long the model's gate is closed; None: it stays open."""


def held(name: str, answer: Response, error_class: str, code: str, seconds: float) -> Case:
    return Case(name, answer, error_class, code, "waiting", 0, 1, seconds)


def limited(name: str, answer: Response, seconds: float) -> Case:
    return held(name, answer, "RateLimited", "rate_limited", seconds)


def limits(*, requests: tuple[str, str], tokens: tuple[str, str]) -> dict[str, str]:
    """The headers of a 429's limits, each with what remains and when it is reset."""
    named = {"requests": requests, "tokens": tokens}
    return {f"x_ratelimit_remaining_{name}": left for name, (left, _) in named.items()} | {
        f"x_ratelimit_reset_{name}": reset for name, (_, reset) in named.items()
    }


def retried(name: str, answer: Response, code: str, calls: int = 3) -> Case:
    return Case(name, answer, "Transient", code, "waiting", 1, calls)


def dead(name: str, answer: Response, code: str) -> Case:
    return Case(name, answer, "Permanent", code, "dead", 0, 1)


CASES = [
    held("429 with seconds", failure(429, Retry_After="37"), "RateLimited", "rate_limited", 37),
    held(
        "429 with a date",
        failure(429, Retry_After=format_datetime(NOW + timedelta(seconds=90), usegmt=True)),
        "RateLimited",
        "rate_limited",
        90,
    ),
    held(
        "429 with a date in the past",
        failure(429, Retry_After="Mon, 23 Nov 2026 08:00:00 GMT"),
        "RateLimited",
        "rate_limited",
        1,
    ),
    held("429 with half a second", failure(429, Retry_After="0.5"), "RateLimited", "rate_limited", 1),
    held("429 with a year", failure(429, Retry_After="31536000"), "RateLimited", "rate_limited", 86400),
    held("429 without a time", failure(429), "RateLimited", "rate_limited", 60),
    held("429 with nonsense", failure(429, Retry_After="soon"), "RateLimited", "rate_limited", 60),
    limited("429 with milliseconds", failure(429, retry_after_ms="1500"), 1.5),
    limited("429 with milliseconds and seconds", failure(429, retry_after_ms="1500", Retry_After="60"), 1.5),
    limited("429 with nonsense for milliseconds", failure(429, retry_after_ms="nan", Retry_After="7"), 7),
    limited("429 with OpenAI's limits", failure(429, **limits(requests=("4999", "12ms"), tokens=("0", "6m0s"))), 360),
    limited("429 with Azure's limits", failure(429, **limits(requests=("0", "55"), tokens=("-1", "0"))), 55),
    limited(
        "429 for a question that needs more tokens than remain",
        failure(429, **limits(requests=("100", "23h59m0s"), tokens=("500", "2.5s"))),
        2.5,
    ),
    limited("429 with a limit that doesn't say what remains", failure(429, x_ratelimit_reset_requests="1m3.5s"), 63.5),
    limited("429 with limits that say nothing", failure(429, **limits(requests=("-1", "0"), tokens=("-1", "0"))), 60),
    limited(
        "429 that says a time beside its limits",
        failure(429, Retry_After="3", **limits(requests=("0", "9s"), tokens=("0", "9s"))),
        3,
    ),
    limited("503 with seconds", failure(503, Retry_After="7"), 7),
    limited("503 with milliseconds", failure(503, retry_after_ms="1500"), 1.5),
    limited("529 with seconds", failure(529, Retry_After="20"), 20),
    held(
        "no quota", failure(429, code="insufficient_quota", Retry_After="5"), "Misconfigured", "insufficient_quota", 60
    ),
    held(
        "401",
        failure(401, code="invalid_api_key", message="Incorrect API key sk-secret"),
        "Misconfigured",
        "model_denied",
        60,
    ),
    held("403", failure(403), "Misconfigured", "model_denied", 60),
    held("unknown deployment", failure(404, code="DeploymentNotFound"), "Misconfigured", "unknown_deployment", 60),
    held("unknown model", failure(404, code="model_not_found"), "Misconfigured", "unknown_deployment", 60),
    held("wrong address", Response("<html>", 404), "Misconfigured", "unknown_deployment", 60),
    held(
        "a model without pictures", failure(400, code="unsupported_parameter"), "Misconfigured", "model_unsuitable", 60
    ),
    retried("500", failure(500), "model_failed"),
    retried("503 without JSON", Response("<html>", 503), "model_failed"),
    retried("503 with limits", failure(503, **limits(requests=("0", "9s"), tokens=("0", "9s"))), "model_failed"),
    retried("529 without a time", failure(529), "model_failed"),
    retried("500 that says longer than a handling waits", failure(500, Retry_After="30"), "model_failed", calls=1),
    retried("408", failure(408), "model_failed"),
    retried("truncated", completion('{"colors": ["re', finish="length"), "model_answer_truncated"),
    retried("truncated without saying so", completion('{"colors": ["re'), "model_answer_invalid"),
    retried("no JSON", completion("It is a red T-shirt."), "model_answer_invalid"),
    retried("wrong shape", completion('["red"]'), "model_answer_invalid"),
    retried("a member too few", completion('{"colors": ["red"]}'), "model_answer_invalid"),
    retried("a member too many", completion(json.dumps({**SEEN, "user_id": "eve"})), "model_answer_invalid"),
    retried("wrong types", completion(json.dumps({**SEEN, "colors": "red"})), "model_answer_invalid"),
    retried("finds nothing", completion(json.dumps({**SEEN, "colors": [], "garments": []})), "model_answer_invalid"),
    retried("empty", completion(""), "model_answer_empty"),
    retried("null", completion(None), "model_answer_empty"),
    retried("no choices", completion("", choices=[]), "model_answer_empty"),
    retried("no completion", Response("[]", content_type="application/json"), "model_answer_invalid"),
    retried("a page of a proxy", Response("<html>ok</html>", content_type="text/html"), "model_answer_invalid"),
    dead("refusal", completion(None, refusal="I can't help with that."), "model_refusal"),
    dead("filtered answer", completion(None, finish="content_filter"), "content_filter"),
    dead("filtered request", failure(400, code="content_filter"), "content_filter"),
    dead("400", failure(400, code="invalid_image"), "model_refused"),
    dead("413", failure(413), "model_refused"),
]


ENDINGS = {"RateLimited": "held", "Misconfigured": "held", "Transient": "attempt failed", "Permanent": "dead"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_each_failure_has_its_consequences(
    case: Case,
    world: World,
    model: ModelDouble,
    picture_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    model.answers(case.answer)

    with clock.running_on(lambda: NOW):
        await world.like(picture_url)
        record, gates = await world.record(), await world.gates()
        facts, timeline = await what_jobs_show_prints(world, capsys)

    assert (record.status, record.attempts) == (case.status, case.attempts)
    assert len(model.asked) == case.calls
    assert await world.evidences() == []
    if case.gate_seconds is None:
        assert gates == {}
    else:
        assert gates[MODEL].due == NOW + timedelta(seconds=case.gate_seconds)
        assert record.due == gates[MODEL].due
    assert record.timeline[-1]["class"] == case.error_class
    assert fact(facts, "state") == case.status
    assert fact(facts, "attempts") == str(case.attempts)
    assert fact(facts, "due") == (clock.to_text(record.due) if case.status == "waiting" else None)
    assert (fact(facts, "why") or "").startswith(f"{case.code} ({case.error_class}): ") == (case.status == "dead")
    last = timeline.splitlines()[-1]
    assert f"code={case.code}  class={case.error_class}  " in last
    assert ENDINGS[case.error_class] in last
    assert "small" in last
    assert "sk-secret" not in facts + timeline


async def what_jobs_show_prints(world: World, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Facts and timeline, as `nightshift jobs show` prints them."""
    output.show(*described(await jobs.get(world.documents, world.services.settings, ADMIN, "job-1")))
    facts, _, timeline = capsys.readouterr().out.partition("Timeline")
    return facts, timeline.strip()


def fact(facts: str, name: str) -> str | None:
    """The value beside `name`; None when it isn't printed."""
    found = [line.removeprefix(name).strip() for line in facts.splitlines() if line.startswith(f"{name} ")]
    return found[0] if found else None


async def test_a_cut_connection_costs_an_attempt(new_world: Callable[..., World], picture_url: str) -> None:
    calls = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
        await writer.drain()
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        world = new_world(openai_base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        await world.like(picture_url)
        record = await world.record()

    assert (record.status, record.attempts, calls) == ("waiting", 1, 3)
    assert record.timeline[-1]["code"] == "model_unreachable"
    assert await world.gates() == {}


async def test_a_silent_model_costs_an_attempt(new_world: Callable[..., World], picture_url: str) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        world = new_world(openai_base_url=url, openai_timeout_seconds=0.2)
        await world.like(picture_url)
        record = await world.record()
        await world.close()

    assert (record.status, record.attempts) == ("waiting", 1)
    assert (record.timeline[-1]["class"], record.timeline[-1]["code"]) == ("Transient", "model_slow")


async def test_a_try_that_succeeds_after_two_that_failed_costs_nothing(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    model.answers(failure(500), failure(503), seen())

    outcome = await world.like(picture_url)

    assert (outcome.what, (await world.record()).attempts) == ("completed", 0)


async def test_an_answer_that_stays_empty_ends_dead_and_never_completed(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    model.answers(completion(""))
    now = NOW
    with clock.running_on(lambda: now):
        await world.like(picture_url)
        for _ in range(4):
            now += timedelta(minutes=10)
            await world.deliver()
        record = await world.record()

    assert (record.status, record.attempts) == ("dead", 5)
    assert record.reason is not None
    assert (record.reason.error_class, record.reason.code) == ("Transient", "model_answer_empty")
    assert len(model.asked) == 15
    assert await world.evidences() == []


async def test_a_rate_limit_is_waited_out_without_an_attempt(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    model.answers(failure(429, Retry_After="30"), seen())
    now = NOW
    with clock.running_on(lambda: now):
        first = await world.like(picture_url)
        now += timedelta(seconds=10)
        early = await world.deliver()
        now += timedelta(seconds=21)
        last = await world.deliver()
        record, gates = await world.record(), await world.gates()

    assert (first.what, early, last.what if last else None) == ("held", None, "completed")
    assert (record.attempts, gates) == (0, {})


async def test_a_model_that_says_a_second_and_a_half_is_asked_again_after_it(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    model.answers(failure(429, retry_after_ms="1500"), seen())
    now = NOW
    with clock.running_on(lambda: now):
        await world.like(picture_url)
        now += timedelta(seconds=1.5)
        outcome = await world.deliver()

    assert outcome is not None
    assert outcome.what == "completed"


async def test_a_job_whose_model_failed_comes_back_no_sooner_than_the_model_said(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    model.answers(failure(500, Retry_After="30"))
    with clock.running_on(lambda: NOW):
        outcome = await world.like(picture_url)

    assert (outcome.what, outcome.wait) == ("retry", timedelta(seconds=30))


async def test_nobody_named_to_ask_is_a_setting_that_a_person_must_mend(
    new_world: Callable[..., World], picture_url: str
) -> None:
    world = new_world(openai_base_url="", openai_api_key="")

    await world.like(picture_url)

    assert (await world.record()).timeline[-1]["code"] == "model_unset"
    assert set(await world.gates()) == {MODEL}


async def test_a_403_of_the_picture_is_no_403_of_the_model(
    world: World, model: ModelDouble, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/private.png").respond_with_data("no", status=403)
    model.answers(seen())

    outcome = await world.like(httpserver.url_for("/private.png"))

    assert (outcome.what, outcome.code) == ("dead", "content_denied")
    assert (await world.gates(), model.asked) == ({}, [])


async def test_a_429_of_the_pictures_server_closes_no_gate(
    world: World, model: ModelDouble, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/busy.png").respond_with_data("no", status=429, headers={"Retry-After": "600"})
    model.answers(seen())

    outcome = await world.like(httpserver.url_for("/busy.png"))

    assert (outcome.what, outcome.code) == ("retry", "content_busy")
    assert (await world.gates(), model.asked) == ({}, [])
