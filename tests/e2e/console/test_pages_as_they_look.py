"""Pages as they look: wide and narrow, light and dark, for who sees and who hears them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.cli.terminal import PATIENCE
from tests.e2e.console.conftest import App, axe, sign_in

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
WIDE, NARROW = 1280, 390
_SERIOUS = (
    "async (options) => (await axe.run(document, options)).violations"
    ".filter((one) => ['serious', 'critical'].includes(one.impact))"
)
_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""What another scheme can change."""


@pytest.fixture(scope="session")
def with_a_run(app: App) -> None:
    """A run of the digest that has ended."""
    assert app.terminal.run("run", "digest", "--wait", "--timeout", PATIENCE).code == 0


def test_pages_have_no_serious_fault_in_light_and_dark_and_fit_a_phone(
    app: App, chromium: Browser, with_a_run: None
) -> None:
    context = chromium.new_context(
        viewport={"width": WIDE, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    said, asked = _listened(page)
    page.goto(f"{app.address}/console")
    faults = _faults(page, "sign-in")
    sign_in(page, app)
    for name, path in PAGES.items():
        page.goto(f"{app.address}/console{path}")
        faults += _faults(page, name)
    assert not faults
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


def _faults(page: Page, name: str) -> list[str]:
    """Return what is wrong with the page that is shown, loaded once: in light, in dark, and on a phone."""
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate(axe())
    found = [*_told(page, name, {}), *_too_wide(page, name, WIDE)]
    page.emulate_media(color_scheme="dark")
    found += _told(page, f"{name}, dark", _COLOURS)
    page.set_viewport_size({"width": NARROW, "height": 900})
    found += [*_told(page, f"{name}, narrow and dark", _COLOURS), *_too_wide(page, name, NARROW)]
    return found


def _told(page: Page, name: str, options: dict[str, list[str]]) -> list[str]:
    faults = page.evaluate(_SERIOUS, options)
    return [f"{name}: {one['id']}: {one['help']}: {[node['target'] for node in one['nodes']]}" for one in faults]


def _too_wide(page: Page, name: str, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{name} is {wide} wide at {width}"] if wide > width else []
