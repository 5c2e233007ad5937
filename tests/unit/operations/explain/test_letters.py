"""What did a dead letter die of, and would a replay go better? Each judgement is a row."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest

from operations.explain import letters
from operations.explain.answer import Attempts
from operations.explain.letters import LetterFacts
from shared.jobs import transitions
from shared.jobs.gates import Gate
from shared.jobs.record import Record
from tests.unit.jobs.build import record
from tests.unit.operations.explain.build import BY_HAND, GONE, MODEL, SLOW, around, at, names

DEAD = at(-3600, transitions.dead, record("running"), GONE)
WELL = "its gates are open and its payload is valid, but no job of its kind has completed since"
KEPT = "it is kept until it is replayed, discarded or purged"


class Row(NamedTuple):
    """A dead letter, what surrounds it, and what is judged of it."""

    name: str
    code: str
    text: str
    letter: Record = DEAD
    completed_since: int | None = 0
    problem: str | None = None
    gates: tuple[Gate, ...] = ()


ROWS = [
    Row("nothing has completed since", "dead", WELL),
    Row(
        "others have completed since",
        "seems_mended",
        "its cause may be mended: its gates are open, its payload is valid, and 12 jobs of its kind have completed "
        "since",
        completed_since=12,
    ),
    Row(
        "another one has completed since",
        "seems_mended",
        "its cause may be mended: its gates are open, its payload is valid, and 1 job of its kind has completed since",
        completed_since=1,
    ),
    Row(
        "a kind whose jobs keep no record",
        "dead",
        "its gates are open and its payload is valid",
        completed_since=None,
    ),
    Row(
        "its gate is closed still",
        "replay_waits",
        "a replay would only wait for gate model:small (closed at 08:59:40 for 40 s by job a: RateLimited: It says "
        "429)",
        completed_since=12,
        gates=(MODEL,),
    ),
    Row(
        "its gate is due",
        "seems_mended",
        "its cause may be mended: its gates are open, its payload is valid, and 1 job of its kind has completed since",
        completed_since=1,
        gates=(replace(MODEL, due=MODEL.closed_at),),
    ),
    Row(
        "its payload is no payload",
        "payload_invalid",
        "its payload isn't valid still: item_id is missing",
        completed_since=12,
        problem="item_id is missing",
        gates=(BY_HAND,),
    ),
    Row(
        "each replay died of the same",
        "replay_loop",
        "it was replayed 3 times and died of the same cause each time",
        replace(DEAD, replays=(GONE.cause,) * 3),
        12,
    ),
    Row(
        "replays died of different causes",
        "seems_mended",
        "its cause may be mended: its gates are open, its payload is valid, and 1 job of its kind has completed since",
        replace(DEAD, replays=(GONE.cause, SLOW.cause, GONE.cause)),
        1,
    ),
    Row(
        "a kind of another version",
        "kind_unknown",
        "this version of the app has no kind 'chore', so it can't be replayed",
        replace(DEAD, kind="chore"),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=names(ROWS))
def test_a_replay_is_judged(row: Row) -> None:
    answer = letters.answer_of(
        LetterFacts(row.letter, around(*row.gates), 1, row.completed_since, row.problem),
    )

    assert (answer.what, answer.code) == ("dead letter", row.code)
    assert answer.sentences[-2:] == (row.text, KEPT)


def test_a_letter_says_what_it_died_of_and_how_many_did() -> None:
    spent = at(-60, transitions.dead, replace(record("running"), attempts=4), SLOW, spent=True)

    answer = letters.answer_of(LetterFacts(replace(spent, replays=("x",)), around(), 7, 0))

    assert answer.sentences == (
        "died at 08:59:00 of timeout (Transient), at attempt 5 of 5: no answer",
        "it was replayed once before",
        "7 dead letters have its cause",
        WELL,
        KEPT,
    )
    assert answer.attempts == Attempts(5, 0)
    assert answer.fields["cause"] == SLOW.cause


def test_a_letter_that_is_no_job_says_so() -> None:
    answer = letters.answer_of(LetterFacts(replace(DEAD, raw="e30=", occurrences=2), around(), 1, 0, "it is empty"))

    assert answer.sentences[:3] == (
        "is a message that is no job's, and died at 08:00:00 of item_gone (Permanent): it is gone",
        "2 messages had exactly that body",
        "no other dead letter has its cause",
    )


def test_a_letter_without_a_reason_is_told_all_the_same() -> None:
    answer = letters.answer_of(LetterFacts(replace(DEAD, reason=None, kind="chore"), around(), 0))

    assert answer.sentences[0] == "died at 08:00:00 of unexpected (Unknown): its record doesn't say"
