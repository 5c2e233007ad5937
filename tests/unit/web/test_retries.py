"""How long is waited between two tries of an outside call within one handling?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_mock import MockerFixture

from shared.config import Settings
from shared.errors import Transient
from shared.web import retries

SETTINGS = replace(Settings(), call_base_backoff_seconds=0.75, call_max_backoff_seconds=6.0, call_jitter_seconds=0.0)


async def waits_between(mocker: MockerFixture, told: timedelta | None) -> list[float]:
    """Return the waits of a call that always fails, and whose server says `told`."""
    slept = mocker.patch("asyncio.sleep")

    async def fail() -> None:
        raise Transient("busy", retry_after=told)

    with pytest.raises(Transient, match="busy"):
        await retries.call(SETTINGS, fail)
    return [call.args[0] for call in slept.await_args_list]


async def test_waits_double_from_the_base(mocker: MockerFixture) -> None:
    assert await waits_between(mocker, None) == [0.75, 1.5]


async def test_a_server_that_says_how_long_is_not_asked_sooner(mocker: MockerFixture) -> None:
    assert await waits_between(mocker, timedelta(seconds=1)) == [1.0, 1.5]


async def test_a_server_that_says_longer_than_a_handling_waits_is_not_asked_again(mocker: MockerFixture) -> None:
    assert await waits_between(mocker, timedelta(seconds=7)) == []
