"""Who may do what: every route of the table, for every role, without a key and with every wrong one."""

from __future__ import annotations

import pytest

from api.app import routes_of
from api.route_table import BY_KEY, ROWS, Row
from api.routing import declared
from operations.actor import ROLES, Actor
from tests.integration.api.requests import REQUESTS, path_of
from tests.integration.api.worlds import ApiWorld

GUARDED = [row for row in ROWS if row.role is not None]
OF_EVERYBODY = ("everything", "anybody's")


def name_of(row: Row) -> str:
    return f"{row.method} {row.path}"


async def asked(world: ApiWorld, row: Row, key: str | None) -> str:
    """Return how a route answered: its status, with the code of a refusal."""
    said = REQUESTS[row.key]
    path = path_of(row.path)
    answer = await world.asked(row.method, path, key, params=dict(said.params), json=said.json)
    if answer.status_code in (401, 403):
        return f"{answer.status_code} {answer.json()['code']}"
    assert answer.status_code < 500, answer.text
    return "taken"


def test_every_route_has_its_row_and_its_request() -> None:
    routes = [declared(route) for route in routes_of(None).state.declared]
    there = {route.row.key for route in routes if route is not None}

    assert there == set(BY_KEY) == set(REQUESTS)
    assert len(ROWS) == len(BY_KEY)


@pytest.mark.parametrize("row", GUARDED, ids=name_of)
async def test_a_route_takes_only_whoever_may(world: ApiWorld, row: Row) -> None:
    assert row.role is not None
    roles = {role: Actor("", frozenset({role}), frozenset({"*"})).may(row.role) for role in ROLES}
    scoped = row.scope not in OF_EVERYBODY
    expected = {
        None: "401 key_missing",
        "nobody": "401 key_unknown",
        f"{row.role}-expired": "401 key_expired",
        **{role: "taken" if may else "403 not_allowed" for role, may in roles.items()},
        **{
            f"{role}-right": "taken" if may and row.scope != "everything" else "403 not_allowed"
            for role, may in roles.items()
        },
        **{
            f"{role}-wrong": "taken" if may and row.scope == "anybody's" else "403 not_allowed"
            for role, may in roles.items()
        },
    }
    assert any(roles.values())
    assert scoped == (expected[f"{row.role}-right"] == "taken") or row.scope == "anybody's"

    found = {key: await asked(world, row, key) for key in expected}

    assert found == expected


@pytest.mark.parametrize("row", [row for row in ROWS if row.scope == "public"], ids=name_of)
async def test_a_public_route_takes_anybody(world: ApiWorld, row: Row) -> None:
    answer = await world.asked(row.method, row.path, None)

    assert answer.status_code in (200, 503)
    assert "status" in answer.json()


async def test_a_denial_is_in_the_audit_log_without_the_address(world: ApiWorld) -> None:
    await world.asked("GET", "/profiles/secret-user", "reader-wrong")
    await world.asked("GET", "/profiles/secret-user", None)

    denied, unknown = sorted(await world.audited("deny request"), key=lambda line: line["why"], reverse=True)

    assert (denied["by"], denied["of"], denied["why"]) == (
        "key:reader-wrong",
        "GET /api/v1/profiles/{user}",
        "not_allowed",
    )
    assert (unknown["by"], unknown["why"]) == ("unknown", "key_missing")
    assert "secret-user" not in str([denied, unknown])


async def test_a_storm_of_denials_does_not_fill_the_audit_log(world: ApiWorld) -> None:
    from operations import denials

    for _ in range(denials.MOST_A_MINUTE + 20):
        await world.asked("GET", "/jobs", "nobody")
    assert len(await world.audited("deny request")) == denials.MOST_A_MINUTE

    world.time.advance(61)
    await world.asked("GET", "/jobs", "nobody")

    lines = await world.audited("deny request")
    assert [line["leftOut"] for line in lines if "leftOut" in line] == [20]


async def test_a_store_that_fails_does_not_turn_a_denial_into_something_else(world: ApiWorld) -> None:
    world.documents.fail("audit")
    told = await world.asked("GET", "/jobs", "nobody")

    assert told.status_code == 401
