"""Is a page that came instead of the page told from it?"""

from __future__ import annotations

import pytest

from processors.scraper.entries import Page, Unreadable
from processors.scraper.types import page, reddit, rss

URL = "https://shop.example/dress"


def fetched(markup: str, url: str = URL) -> Page:
    """Return a page as it was fetched."""
    return Page(url, markup.encode(), "text/html", "utf-8")


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", "page_challenge"),
        ("<title>Attention Required! | Cloudflare</title>", "page_challenge"),
        ("<title>Access to this page has been denied</title>", "page_challenge"),
        ("<title>shop.example</title><h1>Verify you are human by completing the action below.</h1>", "page_challenge"),
        ("<title>Making sure you’re not a bot!</title>", "page_challenge"),
        ("<title>Before you continue to the shop</title><form>cookies</form>", "page_consent"),
        ("<title>DPG Media Privacy Gate</title>", "page_consent"),
        ("<title>Bevor Sie zu shop.example weitergehen</title>", "page_consent"),
        ("<title>404 Not Found</title>", "page_missing"),
        ("<title>Page not found – The Shop</title><h1>Oops!</h1>", "page_missing"),
        ("<title>The Shop</title><h1>Sorry, this page isn't available any more.</h1>", "page_missing"),
        ("<title>Error 404: Seite nicht gefunden | Laden</title>", "page_missing"),
        ("<title>Page introuvable</title><meta property='og:title' content='Page introuvable'>", "page_missing"),
        ("<meta name='prerender-status-code' content='404'><title>The Shop</title>", "page_missing"),
    ],
)
def test_it_is_a_failure_with_a_code_and_no_item(markup: str, code: str) -> None:
    for read in (page.read, rss.read, reddit.read):
        with pytest.raises(Unreadable) as refused:
            read(fetched(markup))

        assert refused.value.code == code


def test_another_host_that_asks_for_consent_is_one() -> None:
    with pytest.raises(Unreadable) as refused:
        page.read(fetched("<title>Yahoo</title>", "https://consent.shop.example/v2/collect?session=1"))

    assert refused.value.code == "page_consent"


@pytest.mark.parametrize(
    "markup",
    [
        "<title>Linen dress | The Shop</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
        "<title>Linen dress</title><div id=cookie-banner><h2>We value your privacy</h2></div>",
        "<title>Just a moment with you, a linen dress</title>",
        "<title>Levi's 404 jeans</title><h1>Levi's 404 jeans</h1>",
        "<meta property=og:title content='Just a moment'><title>Just a moment | A journal of rest</title>",
        "<title>Not found | Records</title><script type='application/ld+json'>"
        '{"@type": "Product", "name": "Not found"}</script>',
        "<title>The page: a history of paper</title>",
    ],
)
def test_the_page_itself_is_none(markup: str) -> None:
    assert len(page.read(fetched(markup)).entries) == 1
