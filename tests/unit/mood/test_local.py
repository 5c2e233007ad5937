"""Which moods does this machine see?"""

from __future__ import annotations

import random

import pytest

from processors.mood.found import MOST_OF_A_CHUNK, Item, RawMood
from processors.mood.local import extract
from processors.mood.vocabulary import PRIMARY
from processors.mood.words import folded
from shared.models.embeddings import LocalEmbedder
from shared.usage.budget import Caller

RESORT = ["Linen beach dresses", "White linen sandals for the beach", "Tropical linen shirts in sand"]
EDGY = ["Punk leather jackets in black", "Black biker leather boots"]


async def items(*titles: str) -> list[Item]:
    """Return items with these titles and the local embedder's vectors."""
    vectors = await LocalEmbedder().embed(titles, Caller("test", 0))
    return [Item(f"i{n:03}", title, "", vector) for n, (title, vector) in enumerate(zip(titles, vectors, strict=True))]


async def test_items_are_placed_by_their_words() -> None:
    found = extract(await items(*RESORT, *EDGY))

    resort = [mood for mood in found if mood.primary == "resort"]
    edgy = [mood for mood in found if mood.primary == "edgy"]
    assert len(resort) + len(edgy) == len(found)
    assert sorted(item for mood in resort for item in mood.items) == ["i000", "i001", "i002"]
    assert {mood.name for mood in resort} == {"linen resort"}
    assert all(mood.signals["palette"] == ["#111111"] for mood in edgy)
    assert "boot" in {piece for mood in edgy for piece in mood.signals["keyPieces"]}


async def test_the_order_of_the_items_does_not_matter() -> None:
    chunk = await items(
        *RESORT, *EDGY, "Varsity cable knit", "Minimalist capsule", "Vintage denim", "Sequin gown party"
    )
    expected = extract(chunk)

    for seed in range(5):
        random.Random(seed).shuffle(chunk)
        assert extract(chunk) == expected


async def test_no_chunk_has_more_than_six_moods_and_no_placed_item_of_theirs_is_lost() -> None:
    titles = [f"{primary} look {n} {'abc' * n}" for primary in list(PRIMARY)[:6] for n in range(4)]

    found = extract(await items(*titles))

    assert len(found) == MOST_OF_A_CHUNK
    assert len({item for mood in found for item in mood.items}) == len(titles)


async def test_items_without_a_word_of_any_mood_are_left_out() -> None:
    assert extract(await items("Quarterly results", "Weather")) == []


def test_items_without_vectors_are_placed_too() -> None:
    (mood,) = extract([Item("a", "Linen beach", ""), Item("b", "Tropical linen", "")])

    assert mood.items == ("a", "b")


@pytest.mark.parametrize("text", ["LINEN-Résort", "linen   resort", "Linen/Resort!"])
def test_words_are_folded(text: str) -> None:
    assert folded(text) == "linen resort"


def test_a_raw_mood_survives_being_stored() -> None:
    from processors.mood.found import from_body

    (mood,) = extract([Item("a", "Linen beach", "")])

    assert from_body(mood.to_body()) == mood
    assert isinstance(mood, RawMood)
