"""Is a model that refuses the form of a question asked in one that it takes, once, and in that one from then on?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug import Response

from shared import clock
from tests.integration.models.model_double import SEEN, ModelDouble, completion, failure, seen
from tests.integration.models.worlds import MODEL, World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Refusal = Callable[[dict[str, Any]], Response | None]

NO_MAX_TOKENS = failure(
    400,
    code="unsupported_parameter",
    param="max_tokens",
    message="Unsupported parameter: 'max_tokens' isn't supported with this model. Use 'max_completion_tokens' instead.",
)
NO_TEMPERATURE = failure(
    400,
    code="unsupported_value",
    param="temperature",
    message="Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is supported.",
)
NO_SCHEMA = failure(
    400, message="Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."
)


def refusing(**refusals: Response) -> Refusal:
    """Return a model that refuses these members, the first that it meets in a request."""
    return lambda asked: next((answer for member, answer in refusals.items() if member in asked), None)


def format_of(asked: dict[str, Any]) -> str | None:
    """Return the type of the answer's format that was asked for."""
    kind = asked.get("response_format", {}).get("type")
    return None if kind is None else str(kind)


def refusing_formats(refusal: Response, *kinds: str) -> Refusal:
    """Return a model that refuses these types of formats."""
    return lambda asked: refusal if format_of(asked) in kinds else None


async def likes(world: World, picture_url: str, count: int) -> list[str]:
    """Like so many items; return what came of each."""
    return [
        (await world.like(picture_url, job_id=name, item_id=name)).what
        for name in (f"job-{n}" for n in range(1, count + 1))
    ]


@pytest.mark.parametrize(
    "refusal",
    [
        NO_MAX_TOKENS,
        failure(400, code="invalid_request_body", message="'max_tokens' isn't supported. Use 'max_completion_tokens'."),
        Response('{"detail": [{"type": "extra_forbidden", "loc": ["body", "max_tokens"]}]}', 422),
    ],
    ids=["by param", "by text", "422"],
)
async def test_a_model_that_wants_max_completion_tokens_is_asked_again_once_and_so_from_then_on(
    world: World, model: ModelDouble, picture_url: str, refusal: Response
) -> None:
    model.answers(seen())
    model.refuses(refusing(max_tokens=refusal))

    ended = await likes(world, picture_url, 2)

    assert ended == ["completed", "completed"]
    assert [(one.get("max_tokens"), one.get("max_completion_tokens")) for one in model.asked] == [
        (400, None),
        (None, 400),
        (None, 400),
    ]
    assert {(one["temperature"], format_of(one)) for one in model.asked} == {(0, "json_schema")}
    assert await world.gates() == {}


async def test_a_model_with_a_temperature_of_its_own_is_asked_without_one(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    model.answers(seen())
    model.refuses(refusing(temperature=NO_TEMPERATURE))

    ended = await likes(world, picture_url, 2)

    assert ended == ["completed", "completed"]
    assert ["temperature" in one for one in model.asked] == [True, False, False]


@pytest.mark.parametrize(
    "refusal",
    [
        NO_SCHEMA,
        failure(400, param="response_format", message="This model does not support response format `json_schema`."),
        failure(400, param="response_format.json_schema", code="invalid_value", message="Unknown parameter."),
        failure(400, message="json_schema is enabled only for api versions 2024-08-01-preview and later"),
        failure(422, param="response_format", message="Invalid schema for response_format 'Seen': too many members."),
    ],
    ids=["gpt-4-turbo", "by param", "by part of param", "an older API", "this schema"],
)
async def test_a_model_without_schemas_gets_the_schema_in_words(
    world: World, model: ModelDouble, picture_url: str, refusal: Response
) -> None:
    model.answers(seen())
    model.refuses(refusing_formats(refusal, "json_schema"))

    ended = await likes(world, picture_url, 2)

    assert ended == ["completed", "completed"]
    assert [format_of(one) for one in model.asked] == ["json_schema", "json_object", "json_object"]
    systems = [one["messages"][0]["content"] for one in model.asked]
    assert ["JSON schema" in text and '"garments"' in text for text in systems] == [False, True, True]
    assert [one["messages"][1] for one in model.asked[1:]] == [model.asked[0]["messages"][1]] * 2


@pytest.mark.parametrize("fence", ["{}", "```json\n{}\n```", "```\n{}\n```\n", "\n {}\n"])
async def test_a_model_that_knows_no_format_at_all_answers_in_text(
    world: World, model: ModelDouble, picture_url: str, fence: str
) -> None:
    model.answers(completion(fence.replace("{}", json.dumps(SEEN))))
    refusal = failure(400, param="response_format", message="'response_format.type' must be 'text'")
    model.refuses(refusing_formats(refusal, "json_schema", "json_object"))

    ended = await likes(world, picture_url, 1)

    assert ended == ["completed"]
    assert [format_of(one) for one in model.asked] == ["json_schema", "json_object", None]


async def test_an_answer_in_another_form_is_held_to_the_same_shape(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    model.answers(completion('{"colors": ["red"], "owned": true}'))
    model.refuses(refusing_formats(NO_SCHEMA, "json_schema"))

    await likes(world, picture_url, 1)

    record = await world.record()
    assert (record.status, record.timeline[-1]["code"]) == ("waiting", "model_answer_invalid")
    assert await world.evidences() == []


async def test_a_reasoning_model_that_refuses_one_thing_after_the_other_is_asked_for_each_once(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    model.answers(seen())
    model.refuses(refusing(max_tokens=NO_MAX_TOKENS, temperature=NO_TEMPERATURE))

    ended = await likes(world, picture_url, 3)

    assert ended == ["completed"] * 3
    assert len(model.asked) == 2 + 3


async def test_a_deployment_that_becomes_an_older_model_gets_its_max_tokens_again(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    model.answers(seen())
    model.refuses(refusing(max_tokens=NO_MAX_TOKENS))
    await likes(world, picture_url, 1)
    unknown = failure(400, message="Unrecognized request argument supplied: max_completion_tokens")
    model.refuses(refusing(max_completion_tokens=unknown))

    outcome = await world.like(picture_url, job_id="job-2", item_id="job-2")

    assert outcome.what == "completed"
    assert "max_tokens" in model.asked[-1]


async def test_a_model_that_takes_no_form_holds_the_jobs_and_is_asked_in_each_form_once(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    neither = refusing(
        max_tokens=NO_MAX_TOKENS,
        max_completion_tokens=failure(400, code="unsupported_parameter", param="max_completion_tokens"),
    )
    model.answers(seen())
    model.refuses(neither)

    ended = await likes(world, picture_url, 1)

    assert (ended, len(model.asked)) == (["held"], 2)
    assert (await world.record()).timeline[-1]["code"] == "model_unsuitable"
    assert set(await world.gates()) == {MODEL}


async def test_a_form_is_remembered_only_when_it_was_taken(world: World, model: ModelDouble, picture_url: str) -> None:
    too_large = failure(400, param="max_tokens", code="invalid_value", message="max_tokens is too large: 400")
    model.answers(failure(400, message="too large"))
    model.refuses(refusing(max_tokens=too_large))
    await likes(world, picture_url, 1)
    model.answers(seen())
    model.refuses(lambda asked: None)

    outcome = await world.like(picture_url, job_id="job-2", item_id="job-2")

    assert outcome.what == "completed"
    assert "max_tokens" in model.asked[-1]


@pytest.mark.parametrize(
    "refusal",
    [
        failure(400, code="content_filter", param="prompt", message="filtered; see response_format, temperature"),
        failure(400, code="invalid_image", param="messages[1].content", message="no max_tokens in this picture"),
        failure(400, message="This model's context is 8192 tokens."),
    ],
    ids=["filter", "a member of another kind", "nothing of the form"],
)
async def test_what_is_refused_for_its_own_content_is_not_asked_again(
    world: World, model: ModelDouble, picture_url: str, refusal: Response
) -> None:
    model.answers(refusal)

    ended = await likes(world, picture_url, 1)

    assert (ended, len(model.asked)) == (["dead"], 1)


async def test_a_gate_that_a_refused_form_had_closed_is_opened_by_the_next_try(
    world: World, model: ModelDouble, picture_url: str
) -> None:
    now = NOW
    model.answers(failure(400, code="unsupported_parameter"))
    with clock.running_on(lambda: now):
        await likes(world, picture_url, 1)
        model.answers(seen())
        model.refuses(refusing(max_tokens=NO_MAX_TOKENS))
        now += timedelta(minutes=1)
        outcome = await world.deliver()

        assert outcome is not None
        assert (outcome.what, await world.gates()) == ("completed", {})
