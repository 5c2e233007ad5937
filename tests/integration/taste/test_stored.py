"""What do other workloads see of a user's taste? The words of every facet, with their weights."""

from __future__ import annotations

from datetime import timedelta

from processors.taste import profile
from processors.taste.profile import FACETS, TasteProfile, Term
from processors.taste.stored import taste_of
from shared.documents.containers import USER_PROFILES
from shared.documents.sqlite import SqliteDocuments

FINDINGS = {"styleKeywords": ["boho"], "colors": ["red"], "garments": ["dress"], "brand": "acme"}
EVIDENCE = {
    "id": "hat", "signal": "up", "createdAt": "2026-11-23T09:00:00.000Z", "jobId": "j", "generation": 0,
    "order": "2026-11-23T09:00:00.000Z|j", "findings": FINDINGS,
}  # fmt: skip


async def test_a_taste_has_the_words_of_every_facet() -> None:
    documents = SqliteDocuments(":memory:")
    folded = profile.fold("ada", [EVIDENCE], timedelta(days=60))
    await documents.upsert(USER_PROFILES, folded)

    found = await taste_of(documents, "ada")

    assert found is not None
    assert (found.document, found.evidences) == (folded, 1)
    assert found.terms == {"boho": 1.0, "red": 1.0, "dress": 1.0, "acme": 1.0}


async def test_of_whom_nothing_is_known_there_is_no_taste() -> None:
    assert await taste_of(SqliteDocuments(":memory:"), "ada") is None


def test_facets_are_all_members_of_a_profile_that_hold_terms() -> None:
    assert set(FACETS) == {name for name, field in TasteProfile.model_fields.items() if field.annotation == list[Term]}
