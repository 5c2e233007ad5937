"""Pages that stand in for the page: a challenge, a consent wall, or "not found", all sent with status 200.

Each is a failure, never an item. A page is taken for one by its title or its main heading, which such a page has to
itself; their scripts alone tell nothing, since challenges' and banners' scripts are on pages that show everything too.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from processors.scraper.entries import Page
from processors.scraper.plain_text import plain

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_TITLE_CHARACTERS = 200
_BEGINNING = 200_000
_APART = re.compile(r"\s+[|·•–—-]\s+|[|:·•]\s|\s[|:·•]|\.{3}|…")
_EDGES = " .,!?:;'\"()[]¡¿…😞😕🙁"
_CHALLENGES = re.compile(
    r"just a moment|attention required|checking (?:your browser|if the site connection is secure).*|ddos-guard|"
    r"access (?:to this page has been )?denied|pardon our interruption|(?:please )?verify(?:ing)?(?: that)? you are .*|"
    r"are you (?:a |not a )?(?:robot|human).*|robot or human|ddos protection by .*|making sure you're not a bot|"
    r"you (?:have been|are being) (?:blocked|rate limited)|sorry,? you have been blocked|(?:vercel|sucuri) security.*|"
    r"request (?:blocked|unsuccessful).*|client challenge"
)
_CONSENT = re.compile(
    r"before you continue.*|bevor (?:sie|du) (?:fortf|zu |mit ).*|avant (?:de continuer|d'acc[eé]der).*|"
    r"antes de continuar.*|prima di continuare.*|voordat je verdergaat.*|(?:dpg media )?privacy gate|"
    r"we value your privacy|your (?:cookie|privacy) (?:choices|settings)|cookie (?:consent|wall)(?: required)?"
)
_MISSING = re.compile(
    r"(?:error |erreur |fehler |http )?404(?: (?:error|not found|page not found|page|fehler|seite nicht gefunden))?|"
    r"not found|"
    r"(?:404 )?(?:the |this |that )?(?:page|product|item|content) (?:(?:was |could |can ?|is )?not (?:be )?found|"
    r"(?:you requested |you're looking for )?(?:does not|doesn't) exist|(?:is )?no longer (?:available|exists)|"
    r"(?:is )?(?:not available|unavailable|missing))|"
    r"(?:oops|uh oh|sorry|whoops)\W+(?:.* )?(?:page|product|item)\b.*(?:\bnot\b|n't\b|no longer|missing|gone).*|"
    r"we (?:can't|cannot|couldn't|could not) (?:seem to )?find (?:the|that|this) (?:page|product|item).*|"
    r"(?:diese |die )?(?:seite|produkt|artikel) (?:wurde |konnte )?nicht gefunden(?: werden)?|"
    r"(?:cette )?page (?:introuvable|non trouv[eé]e)|p[aá]gina n(?:o|ão) (?:encontrada|existe)|pagina non trovata|"
    r"(?:deze )?pagina (?:is )?niet gevonden|nie znaleziono strony|strona nie (?:została znaleziona|istnieje)|"
    r"sidan (?:kunde inte hittas|hittades inte)|siden (?:blev |ble )?ikke fundet|"
    r"お探しのページは見つかりませんでした|页面不存在"
)
_WHOLE = {
    **dict.fromkeys(("please wait", "one moment, please", "one moment please", "human verification"), "page_challenge"),
    **dict.fromkeys(("captcha", "security check", "security checkpoint", "bot verification"), "page_challenge"),
    **dict.fromkeys(("un momento", "einen moment bitte", "einen moment", "un instant"), "page_challenge"),
    **dict.fromkeys(("consent", "consent required", "cookies", "cookie settings", "privacy settings"), "page_consent"),
}
"""What tells something only where it is all that a title says."""
_CONSENT_HOST = re.compile(r"(?:consent|cmp-consent|guce|myprivacy|privacy-gate)\.")
_WHAT = {
    "page_challenge": "a check for robots came instead",
    "page_consent": "a page that asks for consent came instead",
    "page_missing": "it says of itself that it isn't found",
}


def stand_in(page: Page) -> tuple[str, str] | None:
    """Return what `stand_in_shown` returns of what was fetched, if it is HTML at all."""
    beginning = page.body[:_BEGINNING]
    if b"<" not in beginning:
        return None
    from selectolax.lexbor import LexborHTMLParser  # here: who only lists sources needs no parser
    from w3lib.encoding import html_to_unicode

    _, markup = html_to_unicode(page.content_type_header, beginning)
    return stand_in_shown(LexborHTMLParser(markup), page.url)


def stand_in_shown(tree: LexborHTMLParser, url: str, named: Collection[str] = ()) -> tuple[str, str] | None:
    """Return the code and the words for a page that stands in for what was asked for; None for any other.

    The codes are `page_challenge`, `page_consent` and `page_missing`. `named` are the titles of what the page
    describes: a thing may be called "Not found".
    """
    status = tree.css_first('meta[name="prerender-status-code"]')
    if status is not None and (status.attributes.get("content") or "").strip() in ("404", "410"):
        return "page_missing", _WHAT["page_missing"]
    if _CONSENT_HOST.match(urlsplit(url).hostname or ""):
        return "page_consent", _WHAT["page_consent"]
    presents_itself = bool(named) or tree.css_first('meta[property="og:title"]') is not None
    for heading in (*tree.css("head title")[:1], *tree.css("h1")[:1]):
        shown = plain(heading.text(separator=" "), _TITLE_CHARACTERS)
        code = _told(shown)
        if code is None or any(name in shown for name in named) or (presents_itself and code != "page_missing"):
            continue
        return code, f"{_WHAT[code]}: {shown!r}"
    return None


def _told(heading: str) -> str | None:
    """Return the code that a heading, or one of the parts that it is made of, stands for."""
    whole, *parts = [words.casefold().replace("’", "'").strip(_EDGES) for words in (heading, *_APART.split(heading))]
    if whole in _WHOLE:
        return _WHOLE[whole]
    for words in (whole, *parts):
        for code, pattern in (("page_challenge", _CHALLENGES), ("page_consent", _CONSENT), ("page_missing", _MISSING)):
            if pattern.fullmatch(words):
                return code
    return None
