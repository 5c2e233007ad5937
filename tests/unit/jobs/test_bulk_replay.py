"""Does the slot of a replay say all that was asked for?"""

from __future__ import annotations

import pytest

from shared.errors import UsageError
from shared.jobs import bulk_replay

SLOT = "2026-11-23T09:00:00.000Z@cap=100@rate=10"


@pytest.mark.parametrize(
    "text", [SLOT, f"{SLOT}@queue=a%40b@class=Permanent@cause=x%3Dy@since=2026-11-22T00:00:00.000Z@force=yes"]
)
def test_a_slot_says_what_was_asked_for(text: str) -> None:
    assert bulk_replay.read(text).slot.text == text


def test_any_name_survives_the_slot() -> None:
    replay = bulk_replay.read(SLOT)
    wanted = bulk_replay.Filter(queue="a@b|c=d %41", cause="\ud800 ü")
    asked = bulk_replay.Replay(replay.at, wanted, 5, 0.5, force=True)

    assert bulk_replay.read(asked.slot.text) == asked


@pytest.mark.parametrize(
    "text",
    ["", "today", SLOT + "@", SLOT.replace("100", "0"), SLOT.replace("=10", "=nan"), SLOT + "@who=me", SLOT[:24]],
)
def test_any_other_slot_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names no replay"):
        bulk_replay.read(text)
