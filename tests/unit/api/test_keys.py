"""API keys: which are read, which are refused, and what they allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api.auth.keys import Keys
from api.auth.port import Asked
from api.problems import Stop
from operations import api_keys
from shared import clock
from shared.errors import Misconfigured, UsageError
from tests.integration.jobs.worlds import MovingClock


@pytest.fixture(autouse=True)
def time() -> Iterator[MovingClock]:
    """Time, which stands still until something moves it."""
    moving = MovingClock()
    with clock.running_on(lambda: moving.now):
        yield moving


def made(label: str = "ci", role: str = "operator", scopes: tuple[str, ...] = ("*",), days: float = 30) -> Any:
    return api_keys.new(label, role, scopes, timedelta(days=days))


def setting(*keys: api_keys.NewKey) -> str:
    return json.dumps([key.entry.entry() for key in keys])


async def answer(text: str, headers: dict[str, str]) -> str:
    """Return the actor's name, or the code of the refusal."""
    try:
        return (await Keys(api_keys.read(text)).actor(Asked(headers))).name
    except Stop as stop:
        return f"{stop.problem.status} {stop.problem.code}"


async def test_the_setting_holds_no_key_and_its_holder_is_known_by_the_label() -> None:
    key = made()

    assert key.key not in setting(key)
    assert await answer(setting(key), {"x-api-key": key.key}) == "key:ci"


async def test_while_one_key_is_replaced_both_are_taken() -> None:
    old, new = made("ci-old"), made("ci-new")
    text = setting(old, new)

    assert [await answer(text, {"x-api-key": one.key}) for one in (old, new)] == ["key:ci-old", "key:ci-new"]


@pytest.mark.parametrize("given", ["nsk_", "nsk_wrong", "ä", "\udcff", "x" * 10_000])
async def test_another_key_is_refused(given: str) -> None:
    assert await answer(setting(made()), {"x-api-key": given}) == "401 key_unknown"


@pytest.mark.parametrize("headers", [{}, {"x-api-key": ""}, {"authorization": "Bearer nsk_x"}])
async def test_no_key_is_refused(headers: dict[str, str]) -> None:
    assert await answer(setting(made()), headers) == "401 key_missing"


async def test_without_any_entry_every_key_is_refused() -> None:
    assert await answer("", {"x-api-key": "nsk_x"}) == "401 key_unknown"


async def test_a_key_is_refused_from_its_last_instant_on(time: MovingClock) -> None:
    key = made(days=1)
    time.advance(24 * 3600 - 1)
    before = await answer(setting(key), {"x-api-key": key.key})
    time.advance(1)

    assert (before, await answer(setting(key), {"x-api-key": key.key})) == ("key:ci", "401 key_expired")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"role": "root"}, "there is no role 'root'"),
        ({"label": ""}, "a label has"),
        ({"label": "a b"}, "a label has"),
        ({"scopes": []}, "scopes are"),
        ({"scopes": ["everything"]}, "scopes are"),
        ({"scopes": ["user:"]}, "scopes are"),
        ({"scopes": "*"}, "scopes are"),
        ({"expires": "2027-01-01"}, "expires takes an instant"),
        ({"expires": None}, "expires takes an instant"),
        ({"sha256": "x" * 64}, "sha256 takes"),
        ({"sha256": 7}, "sha256 takes"),
        ({"more": 1}, "it takes exactly"),
    ],
)
def test_an_entry_that_cannot_be_is_named_and_not_shown(change: dict[str, Any], said: str) -> None:
    good = made().entry.entry()
    with pytest.raises(Misconfigured, match="invalid entry 2") as raised:
        api_keys.read(json.dumps([made("other").entry.entry(), {**good, **change}]))

    assert said in str(raised.value)
    assert good["sha256"] not in str(raised.value)


@pytest.mark.parametrize("text", ["{", "{}", "7", '"nsk_x"'])
def test_a_setting_that_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match="API_KEYS"):
        api_keys.read(text)


def test_a_label_twice_is_refused() -> None:
    with pytest.raises(Misconfigured, match="twice"):
        api_keys.read(setting(made(), made()))


@pytest.mark.parametrize("days", [0, -1, 1000])
def test_a_key_lasts_neither_no_time_nor_for_ever(days: float) -> None:
    with pytest.raises(UsageError, match="lasts up to"):
        made(days=days)
