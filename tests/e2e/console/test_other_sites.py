"""What a page of another site can do to who is signed in: nothing."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page
from pytest_httpserver import HTTPServer

from tests.e2e.console.conftest import HOSTILE, App


def test_a_page_of_another_site_shows_no_page_of_the_console_in_a_frame(
    app: App, page: Page, context: BrowserContext, httpserver: HTTPServer
) -> None:
    address = app.address.replace("127.0.0.1", "localhost")
    httpserver.expect_request("/").respond_with_data(
        f'<iframe id="framed" src="{app.address}/console"></iframe><iframe src="{address}/console"></iframe>',
        content_type="text/html",
    )
    other = context.new_page()
    said: list[str] = []
    other.on("console", lambda message: said.append(message.text))
    other.goto(httpserver.url_for("/"))
    other.wait_for_load_state("networkidle")
    assert len([text for text in said if "frame-ancestors" in text]) == 2
    assert not [frame for frame in other.frames if frame.get_by_text("Overview").count()]


def test_a_form_of_another_site_changes_nothing(
    app: App, page: Page, context: BrowserContext, httpserver: HTTPServer
) -> None:
    before = app.dead()
    httpserver.expect_request("/").respond_with_data(
        f'<form method="post" action="{app.address}/console/dead-letters/all">'
        '<input name="do" value="discard"><input name="why" value="x"><button>Win</button></form>',
        content_type="text/html",
    )
    other = context.new_page()
    other.goto(httpserver.url_for("/").replace("127.0.0.1", "localhost"))
    other.get_by_role("button", name="Win").click()
    other.get_by_text("doesn't come from a page of the console").wait_for()
    assert app.dead() == before


def test_a_link_of_another_site_leads_to_its_page(
    app: App, page: Page, context: BrowserContext, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_data(
        f'<a href="{app.address}/console/dead-letters">See</a>', content_type="text/html"
    )
    other = context.new_page()
    other.goto(httpserver.url_for("/").replace("127.0.0.1", "localhost"))
    other.get_by_role("link", name="See").click()
    other.get_by_role("heading", name="Dead letters").wait_for()


def test_script_in_ids_titles_and_names_is_shown_as_text_and_does_not_run(app: App, page: Page) -> None:
    for path in ("", "/dead-letters", "/jobs"):
        page.goto(f"{app.address}/console{path}")
        assert page.title() != "stolen"
    page.goto(f"{app.address}/console/dead-letters")
    page.get_by_role("link", name="hostile").click()
    page.get_by_role("heading", name="Dead letter hostile").wait_for()
    assert HOSTILE in page.locator("dd").nth(1).inner_text()
    assert page.locator("main img, main script").count() == 0
    assert page.title() != "stolen"
