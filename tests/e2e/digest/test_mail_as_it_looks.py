"""Does the mail look right where nothing is fetched, on telephones and wide screens, in both directions?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from processors.digest.mail import as_shown
from processors.digest.person import Person
from tests.e2e.digest.sample import ARABIC, ENGLISH, message

_EDGES = """(of) => {
    const boxes = [...document.querySelectorAll(of)].map((one) => one.getBoundingClientRect());
    return [Math.min(...boxes.map((box) => box.left)), Math.max(...boxes.map((box) => box.right))];
}"""
_SIZES = "(of) => [...document.querySelectorAll(of)].map((one) => [one.width, one.height])"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without it these tests are left out, and say so."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("There is no chromium on PATH: apt-get install chromium. The mail was not tried in a browser.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(chromium: Browser, person: Person, width: int, scheme: Any = "light") -> tuple[Page, list[str]]:
    """Return the mail as it is shown, and what it asked the network for; it has no script and no network."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True, java_script_enabled=False
    )
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(as_shown(message(person)).decode())
    return page, [url for url in asked if not url.startswith(("data:", "about:"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 700])
@pytest.mark.parametrize("person", [ENGLISH, ARABIC], ids=["left to right", "right to left"])
def test_nothing_is_fetched_and_nothing_is_wider_than_the_screen(
    chromium: Browser, person: Person, width: int, scheme: Any
) -> None:
    page, asked = opened(chromium, person, width, scheme)

    assert asked == []
    left, right = page.evaluate(_EDGES, "td")
    assert 0 <= left < right <= width
    assert page.evaluate(_SIZES, "img") == [[72, 72]] * page.locator("img").count()
    page.context.close()


def test_a_right_to_left_reader_finds_pictures_at_the_right(chromium: Browser) -> None:
    for person, side in ((ENGLISH, "left"), (ARABIC, "right")):
        page, _ = opened(chromium, person, 700)
        picture, title = page.locator("img").first.bounding_box(), page.locator("h1").bounding_box()
        assert picture is not None
        assert title is not None
        assert (picture["x"] < 350) == (side == "left")
        page.context.close()


def test_the_preheader_is_not_seen_and_the_dark_side_is_dark(chromium: Browser) -> None:
    page, _ = opened(chromium, ENGLISH, 360, "dark")

    assert not page.locator("body > div").first.is_visible()
    png = page.screenshot(clip={"x": 0, "y": 0, "width": 4, "height": 4})
    light, _ = opened(chromium, ENGLISH, 360, "light")
    assert png != light.screenshot(clip={"x": 0, "y": 0, "width": 4, "height": 4})
    page.context.close()
    light.context.close()
