"""AUTH_MODE=dev: who is on this machine, and who only seems to be?"""

from __future__ import annotations

import dataclasses

import pytest

from api.auth import modes
from api.auth.dev import Dev
from api.auth.port import Asked
from api.problems import Stop
from shared.config import Settings
from shared.errors import Misconfigured

LAPTOP = dataclasses.replace(Settings(), auth_mode="dev", host_environment="Development")
HOST = {"host": "127.0.0.1:7071"}


async def is_taken(headers: dict[str, str]) -> bool:
    try:
        await Dev(LAPTOP).actor(Asked(headers))
    except Stop as stop:
        return (stop.problem.status, stop.problem.code) != (403, "not_from_here")
    return True


@pytest.mark.parametrize("host", ["127.0.0.1:7071", "localhost", "LOCALHOST:7071", "[::1]:7071"])
async def test_a_request_to_this_machine_is_taken(host: str) -> None:
    assert await is_taken({"host": host})


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:7071", "127.0.0.1@evil.example",
     "evil.example#127.0.0.1", "127.0.0.1:x", "[::1", "0.0.0.0:7071", "127.0.0.1, evil.example"],
)  # fmt: skip
async def test_a_name_that_another_site_gave_this_machine_is_refused(host: str) -> None:
    assert not await is_taken({"host": host})


async def test_a_request_without_a_host_is_refused() -> None:
    assert not await is_taken({})


@pytest.mark.parametrize("name", ["x-forwarded-for", "x-forwarded-host", "forwarded"])
async def test_a_request_that_was_passed_on_is_refused(name: str) -> None:
    assert not await is_taken({**HOST, name: "127.0.0.1"})


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", ""])
async def test_a_page_of_another_site_is_refused(origin: str) -> None:
    assert not await is_taken({**HOST, "origin": origin})


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_what_a_browser_says_is_of_another_site_is_refused(site: str) -> None:
    assert not await is_taken({**HOST, "sec-fetch-site": site})


async def test_the_api_s_own_page_is_taken() -> None:
    assert await is_taken({**HOST, "origin": "http://localhost:7071", "sec-fetch-site": "same-origin"})


@pytest.mark.parametrize(
    "change",
    [{"host_environment": ""}, {"host_environment": "Production"}, {"azure_instance": "x"}, {"azure_container": "x"},
     {"azure_pod": "x"}],
)  # fmt: skip
async def test_elsewhere_than_on_a_laptop_nobody_is_taken(change: dict[str, str]) -> None:
    settings = dataclasses.replace(LAPTOP, **change)
    with pytest.raises(Misconfigured):
        Dev(settings)
    with pytest.raises(Stop) as raised:
        await modes.of_settings(settings).actor(Asked(HOST))

    assert raised.value.problem.status == 503


async def test_without_a_mode_nobody_is_taken() -> None:
    with pytest.raises(Stop) as raised:
        await modes.of_settings(Settings()).actor(Asked({**HOST, "x-api-key": "nsk_x"}))

    assert (raised.value.problem.status, raised.value.problem.code) == (403, "auth_mode_unset")
