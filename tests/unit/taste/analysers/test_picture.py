"""Which bytes decode, into what, and which are refused?"""

from __future__ import annotations

import io
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from processors.taste.analysers import picture as pictures
from processors.taste.analysers.picture import MAX_PIXELS, WORKING_SIDE, decode
from shared.errors import Permanent
from tests.unit.taste.analysers.drawn import encoded, item


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF"])
def test_every_listed_format_decodes(kind: str) -> None:
    pixels = decode(encoded(item("#d02020"), kind))
    assert pixels.rgb.shape == (96, 72, 3)
    assert np.abs(pixels.rgb[48, 36].astype(int) - [0xD0, 0x20, 0x20]).max() < 24


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG")]
)
def test_every_usual_mode_becomes_rgb(mode: str, kind: str) -> None:
    grey = item("#909090")
    image = (
        Image.fromarray(np.asarray(grey.convert("L")).astype(np.uint16) << 8) if mode == "I;16" else grey.convert(mode)
    )
    middle = decode(encoded(image, kind)).rgb[40:56, 30:42].astype(int).mean()
    assert abs(middle - 0x90) < (140 if mode == "1" else 12)


def test_see_through_pixels_are_not_opaque() -> None:
    image = item("#2040c0").convert("RGBA")
    image.putalpha(Image.eval(item("#ffffff", backdrop="#000000").convert("L"), lambda value: value))
    opaque = decode(encoded(image)).opaque
    assert opaque[48, 36]
    assert not opaque[2, 2]


def test_a_see_through_palette_entry_is_not_opaque() -> None:
    image = item("#2040c0").quantize(4)
    backdrop = image.getpixel((0, 0))
    assert not decode(encoded(image, "PNG", transparency=backdrop)).opaque[2, 2]


def test_exif_orientation_turns_the_picture_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decode(encoded(item("#2040c0"), "JPEG", exif=exif)).rgb.shape == (72, 96, 3)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_damaged_exif_block_leaves_the_picture_as_stored() -> None:
    assert decode(encoded(item("#2040c0"), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")).rgb.shape == (96, 72, 3)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_the_first_frame_of_an_animation_counts(kind: str) -> None:
    animation = encoded(item("#d02020"), kind, save_all=True, append_images=[item("#2040c0")], duration=50)
    red, _, blue = decode(animation).rgb[48, 36]
    assert red > blue


def test_a_large_picture_is_shrunk() -> None:
    pixels = decode(encoded(item("#2040c0", size=(2000, 1000)), "JPEG"))
    assert pixels.rgb.shape == (WORKING_SIDE // 2, WORKING_SIDE, 3)


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"not a picture",
        encoded(item("#2040c0"), "JPEG")[:300],
        encoded(item("#2040c0"), "PNG")[:-40],
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>",
        _png_that_claims(0, 10),
    ],
    ids=["empty", "text", "cut JPEG", "cut PNG", "EPS", "SVG", "no width"],
)
def test_what_cannot_be_decoded_is_refused_for_good(picture: bytes) -> None:
    with pytest.raises(Permanent, match="can't be decoded") as refused:
        decode(picture)
    assert (refused.value.code, refused.value.dependency) == ("picture_undecodable", "content")


@pytest.mark.parametrize(("width", "height"), [(8000, 5001), (20_000, 20_000), (2**31 - 1, 1)])
def test_too_many_pixels_are_refused_before_decoding(width: int, height: int) -> None:
    assert width * height > MAX_PIXELS
    with pytest.raises(Permanent, match="too large") as refused:
        decode(_png_that_claims(width, height))
    assert (refused.value.code, refused.value.dependency) == ("picture_too_large", "content")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_of_large_pictures_one_is_decoded_at_a_time_and_small_ones_beside_it(kind: str) -> None:
    large = encoded(Image.new("RGB", (2500, 2000), "red"), kind)
    over = threading.Event()
    with ThreadPoolExecutor(1) as elsewhere:
        pictures.large.submit(over.wait, 30)  # as a large picture that is being decoded
        waiting = elsewhere.submit(decode, large)
        decode(encoded(Image.new("RGB", (20, 20), "red"), kind))
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.2)
        over.set()

        assert waiting.result(timeout=30).rgb.shape == (77, 96, 3)


def test_the_refusal_says_how_many_bytes_there_were() -> None:
    with pytest.raises(Permanent, match="13 bytes"):
        decode(b"not a picture")


@given(st.binary(max_size=400))
def test_any_bytes_decode_or_are_refused_for_good(picture: bytes) -> None:
    _decodes_or_is_refused(picture)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_files_decode_or_are_refused_for_good(kind: str, data: st.DataObject) -> None:
    whole = bytearray(encoded(item("#2040c0", size=(24, 32)), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    _decodes_or_is_refused(bytes(whole[: data.draw(st.integers(1, len(whole)))]))


def _decodes_or_is_refused(picture: bytes) -> None:
    try:
        pixels = decode(picture)
    except Permanent:
        return
    assert pixels.rgb.shape[:2] == pixels.opaque.shape
    assert Image.open(io.BytesIO(picture)).format
