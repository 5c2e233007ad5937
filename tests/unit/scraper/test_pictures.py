"""Are pictures of the same thing found to be alike, and others not?"""

from __future__ import annotations

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from processors.scraper.enrich import PLACEHOLDER, twin_of
from processors.scraper.pictures import NEAR_BITS, THUMBNAIL_SIDE, bands, difference_hash, near, thumbnail
from shared.errors import Permanent
from tests.pictures import picture, saved


@pytest.mark.parametrize("seed", range(8))
def test_a_smaller_and_a_recompressed_copy_are_near(seed: int) -> None:
    original = difference_hash(saved(picture(seed)))

    assert near(original, difference_hash(saved(picture(seed).resize((160, 120)))))
    assert near(original, difference_hash(saved(picture(seed), "JPEG", quality=40)))


def test_different_pictures_are_not_near() -> None:
    hashes = [difference_hash(saved(picture(seed))) for seed in range(12)]

    assert not [(a, b) for n, a in enumerate(hashes) for b in hashes[:n] if near(a, b)]


def test_plain_pictures_are_near_nothing() -> None:
    plain = difference_hash(saved(Image.new("RGB", (50, 50), "red")))

    assert not near(plain, plain)


@pytest.mark.parametrize("body", [b"", b"GIF89a", b"<svg/>", saved(picture(1))[:200]])
def test_what_is_no_picture_is_permanent(body: bytes) -> None:
    with pytest.raises(Permanent) as refused:
        difference_hash(body)

    assert refused.value.code == "picture_unreadable"


def test_a_picture_of_too_many_pixels_is_not_decoded() -> None:
    with pytest.raises(Permanent):
        difference_hash(saved(Image.new("1", (20_000, 20_000))))


def test_a_thumbnail_is_small_upright_and_on_white() -> None:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    Image.new("RGBA", (600, 300), (0, 0, 0, 0)).save(stream, "PNG", exif=exif)

    small = Image.open(io.BytesIO(base64.b64decode(thumbnail(stream.getvalue()))))

    assert (small.format, small.size) == ("JPEG", (THUMBNAIL_SIDE // 2, THUMBNAIL_SIDE))
    assert small.getpixel((5, 5)) == (255, 255, 255)


def item(key: str, image_hash: str, *, source: str = "shop", at: str = "2026-11-23T09:00:00.000Z") -> dict[str, str]:
    """Return what is known of an item with a picture."""
    return {"id": key, "sourceId": source, "imageHash": image_hash, "scrapedAt": at}


def test_the_earliest_item_with_nearly_the_same_picture_is_its_twin() -> None:
    mine = item("c", "00ff00ff00ff00ff")
    known = [item("b", "00ff00ff00ff00fe"), item("a", "00ff00ff00ff00ff", at="2026-11-22T09:00:00.000Z")]

    twin = twin_of(mine, known)

    assert twin is not None
    assert twin["id"] == "a"


def test_a_picture_that_many_items_of_a_source_share_is_its_placeholder() -> None:
    known = [item(str(n), "00ff00ff00ff00ff") for n in range(PLACEHOLDER)]

    assert twin_of(item("mine", "00ff00ff00ff00ff"), known) is None


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=NEAR_BITS))
def test_pictures_that_are_near_share_a_part(bits: int, flipped: set[int]) -> None:
    one, other = f"{bits:016x}", f"{bits ^ sum(1 << bit for bit in flipped):016x}"

    assert not near(one, other) or bands(one).items() & bands(other).items()
