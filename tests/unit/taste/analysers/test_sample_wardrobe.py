"""Is the sample wardrobe what its script draws, and does the analyser see it as a person would?"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from processors.taste.analysers.findings import ItemText
from processors.taste.analysers.local import analyse
from sample.draw import PICTURES

SAMPLE = Path(__file__).parents[4] / "sample"
ITEMS = list(csv.DictReader((SAMPLE / "wardrobe.csv").open(encoding="utf-8", newline="")))


def test_every_item_has_its_picture() -> None:
    assert {Path(item["image"]).name for item in ITEMS} == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_the_script_draws(name: str) -> None:
    stored, drawn = Image.open(SAMPLE / "pictures" / name).convert("RGB"), PICTURES[name]().convert("RGB")
    assert ImageChops.difference(stored, drawn).getbbox() is None


@pytest.mark.parametrize(
    ("item_id", "colour", "garment"),
    [
        ("breton-tee", "white", "t-shirts"),
        ("office-shirt", "blue", "shirts"),
        ("straight-jeans", "blue", "jeans"),
        ("summer-dress", "yellow", "dresses"),
        ("red-heels", "red", "heels"),
        ("evening-watch", "gold", "watches"),
        ("leather-handbag", "brown", "handbags"),
        ("running-shoes", "green", "sports shoes"),
        ("track-pants", "black", "track pants"),
        ("team-tee", "red", "t-shirts"),
        ("trail-backpack", "orange", "backpacks"),
        ("plum-cap", "purple", "caps"),
    ],
)
def test_a_sample_item_is_seen_as_a_person_would(item_id: str, colour: str, garment: str) -> None:
    item = next(item for item in ITEMS if item["item_id"] == item_id)
    known = ItemText(item["title"], item["brand"] or None, item["category"], tuple(item["tags"].split(";")))
    found = analyse((SAMPLE / item["image"]).read_bytes(), known)
    assert (found.colors[0], found.garments[0]) == (colour, garment)
