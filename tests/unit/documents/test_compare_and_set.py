"""When does a compare-and-set try again, and when does it give up?"""

from __future__ import annotations

import pytest

from shared.documents import compare_and_set
from shared.documents.compare_and_set import ROUNDS, contended, in_rounds
from shared.documents.containers import GATES
from shared.errors import Conflict, Permanent, PreconditionFailed, Transient, Unavailable


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a hundred rounds follow each other at once."""
    monkeypatch.setattr(compare_and_set, "_PAUSE_SECONDS", 0.0)


class Attempts:
    """A change that others forestall so many times."""

    def __init__(self, forestalled: int, error: Exception) -> None:
        self.made = 0
        self._forestalled = forestalled
        self._error = error

    async def __call__(self) -> str:
        """Try."""
        self.made += 1
        if self.made <= self._forestalled:
            raise self._error
        return "written"


@pytest.mark.parametrize("error", [Conflict("it is there"), PreconditionFailed("it changed")])
async def test_what_others_forestalled_is_tried_again(error: Exception) -> None:
    attempts = Attempts(ROUNDS - 1, error)

    assert await in_rounds(attempts, contended(GATES, "blob")) == "written"
    assert attempts.made == ROUNDS


async def test_after_the_last_round_the_given_error_ends_it() -> None:
    attempts = Attempts(ROUNDS, PreconditionFailed("it changed"))

    with pytest.raises(Unavailable, match="'blob' in gates is always written by others"):
        await in_rounds(attempts, contended(GATES, "blob", Unavailable))

    assert attempts.made == ROUNDS


@pytest.mark.parametrize("error", [Permanent("too large"), Transient("slow"), Unavailable("down")])
async def test_any_other_error_ends_it_at_once(error: Exception) -> None:
    attempts = Attempts(1, error)

    with pytest.raises(type(error)) as ended:
        await in_rounds(attempts, contended(GATES, "blob"))

    assert (ended.value, attempts.made) == (error, 1)
