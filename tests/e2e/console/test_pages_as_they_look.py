"""Pages as they look: wide and narrow, light and dark, for who sees and who hears them; their screenshots for the docs.

NIGHTSHIFT_RECORD=1 writes the screenshots anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.azurite import PROJECT
from tests.e2e.cli.terminal import PATIENCE
from tests.e2e.console.conftest import App, axe, sign_in

IMAGES = PROJECT / "docs" / "images"
PAGES = {
    "overview": "",
    "dead-letters": "/dead-letters",
    "letter": "/dead-letters/lost-picture?user=ada",
    "jobs": "/jobs",
    "job": "/jobs/first?user=ada",
    "runs": "/runs",
    "run": "/runs/digest",
    "digests": "/digests",
    "digest": "/digests/ada",
    "moods": "/moods",
    "pickup-rate": "/pickup-rate",
    "metrics": "/metrics",
    "alerts": "/alerts",
    "alert-rule-form": "/alerts/new",
    "alert-history": "/alerts/history",
    "tasks": "/alerts/tasks",
}
SHOWN = ("overview", "dead-letters", "letter")
_SERIOUS = "async () => (await axe.run()).violations.filter((one) => ['serious', 'critical'].includes(one.impact))"


@pytest.fixture(scope="session")
def with_a_run(app: App) -> None:
    """A run of the digest that has ended."""
    assert app.terminal.run("run", "digest", "--wait", "--timeout", PATIENCE).code == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_have_no_serious_fault_and_fit(
    app: App, chromium: Browser, with_a_run: None, width: int, scheme: Any
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    said, asked = _listened(page)
    page.goto(f"{app.address}/console")
    _check(page, "sign-in", width)
    sign_in(page, app)
    for name, path in PAGES.items():
        page.goto(f"{app.address}/console{path}")
        _check(page, name, width)
        if name in SHOWN and scheme == "light" and os.environ.get("NIGHTSHIFT_RECORD"):
            _record(page, name, width)
    assert not said
    assert {address.split("/")[2] for address in asked if address.startswith("http")} == {app.address.split("/")[2]}
    context.close()


def test_pages_are_read_without_a_script(app: App, chromium: Browser, with_a_run: None) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, app)
    for name, path in PAGES.items():
        page.goto(f"{app.address}/console{path}")
        assert page.locator("main").inner_text().strip(), name
    context.close()


def test_the_first_tab_leads_past_the_menu(app: App, page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def _listened(page: Page) -> tuple[list[str], list[str]]:
    """Return what goes wrong in a page, and what it asks for, as it comes."""
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    return said, asked


def _check(page: Page, name: str, width: int) -> None:
    assert page.title() != "stolen"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the window"
    page.evaluate(axe())
    found = page.evaluate(_SERIOUS)
    told = [f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']]}" for one in found]
    assert not told, f"{name}: {told}"


def _record(page: Page, name: str, width: int) -> None:
    IMAGES.mkdir(exist_ok=True)
    path = Path(IMAGES / f"console-{name}-{width}.png")
    page.screenshot(path=path, full_page=width == 390)
    with Image.open(path) as shot:
        shot.convert("RGB").quantize(64).save(path, optimize=True)
