"""Which ids does a log show, and what stands for the others?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.telemetry.pseudonyms import shown, shown_job

GUID = "3e1b8c6a-0b7f-4a0e-9d55-6a3f1f0c2b11"


@pytest.mark.parametrize("id", ["a" * 64, "~system", "system", "dev", "00000000-0000-0000-0000-000000000000", ""])
def test_what_the_app_made_up_is_shown(id: str) -> None:
    assert shown(id) == id


@pytest.mark.parametrize("id", ["ada@example.com", "ada", "+491701234567", "491701234567", "Ada Lovelace", GUID])
def test_what_others_chose_is_not(id: str) -> None:
    assert shown(id).startswith("#")
    assert id not in shown(id)


@given(st.text(min_size=1))
def test_the_same_id_has_the_same_pseudonym_and_no_line_end(id: str) -> None:
    assert shown(id) == shown(id)
    assert shown(id).isprintable()


@pytest.mark.parametrize(
    ("kind", "id", "is_shown"),
    [
        ("run", "digest|2026-W48", True),
        ("run", "mood|2026-11-23T06:00:00.000Z|2", True),
        ("run", "reconcile|acme|2026-11-01..2026-11-30", False),
        ("alert", "ada|2026-11-23T06:00:00.000Z", False),
        ("call-event", GUID, True),
        ("taste", "ada-likes-tee", False),
    ],
)
def test_a_job_is_shown_by_an_id_that_names_nobody(kind: str, id: str, is_shown: bool) -> None:
    assert (shown_job(kind, id) == id) is is_shown
