"""Is a digest's mail whole for Python's email package, and does it use only what mail programs show?"""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from selectolax.lexbor import LexborHTMLParser

from processors.digest import mail, plain
from processors.digest.content import with_suggestions
from processors.digest.links import Links, links_of
from processors.digest.model import Digest
from processors.digest.page import MAX_BYTES, render
from processors.digest.person import Person
from processors.digest.suggestions import RULES, by_rules, candidates
from shared.config import Settings
from shared.errors import Misconfigured
from tests.unit.digest.build import WEEK, drafted, inputs, item
from tests.unit.digest.mail_support import CHECKED, FALLBACKS, UNCHECKED
from tests.unit.digest.test_page import EVIL, whole

ADA = Person(name="Ada Łęcka", email="ada@example.com", consent=True)
LINKS = Links("https://api.example", "k" * 32, "ada", WEEK, "Wardrobe Ltd, 1 Needle Lane, Leeds")
PICTURES = {"ada/a.thumb.jpg": b"\xff\xd8\xff" + b"x" * 4_000, "ada/b.thumb.jpg": b"\xff\xd8\xff" + b"y" * 4_000}


def pictured(person: Person = ADA) -> Digest:
    """Return a digest with two pictures."""
    of = inputs(item("a", thumbnail="ada/a.thumb.jpg"), item("b", thumbnail="ada/b.thumb.jpg"), person=person)
    draft = drafted(of)
    return with_suggestions(draft.digest, by_rules(candidates(of, draft)), RULES)


def mailed(person: Person = ADA, digest: Digest | None = None, links: Links | None = LINKS) -> EmailMessage:
    """Return the message as Python's email package reads it."""
    text = written(person, digest, links)
    found = message_from_bytes(text, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert [part.defects for part in found.walk()] == [[] for _ in found.walk()]
    return found


def written(person: Person = ADA, digest: Digest | None = None, links: Links | None = LINKS) -> bytes:
    """Return the message as it is written."""
    of = digest or pictured(person)
    pictures = {one.picture: PICTURES[one.picture] for one in of.suggestions if one.picture}
    html = render(of, pictures, links)
    return mail.message(of, html, person=person, sender="Your wardrobe <w@x.example>", pictures=pictures, links=links)


def test_the_message_has_text_page_and_pictures() -> None:
    found = mailed()

    kinds = [part.get_content_type() for part in found.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", *["image/jpeg"] * 2]
    pictures = [part.get_content() for part in found.walk() if part.get_content_type() == "image/jpeg"]
    assert sorted(pictures) == sorted(PICTURES.values())


def test_every_picture_of_the_page_is_a_part_and_nothing_else_is_fetched() -> None:
    found = mailed()
    html = found.get_body(("html",))
    assert html is not None
    page = LexborHTMLParser(html.get_content())

    sources = {image.attributes["src"] for image in page.css("img")}
    assert sources == {f"cid:{str(part['Content-ID']).strip('<>')}" for part in found.walk() if part["Content-ID"]}
    assert page.css("script, link, iframe, form, svg, [background]") == []
    assert not re.search(r"url\(|@import|@font-face", html.get_content())


def test_headers_name_the_reader_the_week_and_the_one_click() -> None:
    found = mailed()

    assert found["Subject"] == "Ada Łęcka, your week of 23 November in clothes"
    assert (found["To"].addresses[0].addr_spec, found["To"].addresses[0].display_name) == (ADA.email, ADA.name)
    assert found["List-Unsubscribe"] == f"<{LINKS.unsubscribe}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["Date"].datetime.isoformat() == "2026-11-23T09:00:00+00:00"


@pytest.mark.parametrize("person", [Person(name="Ada"), Person(email="ada@example.com"), Person()])
def test_who_has_not_consented_is_not_addressed(person: Person) -> None:
    assert mailed(person)["To"] == "undisclosed-recipients:;"


def test_both_parts_say_the_same_and_lead_to_preferences() -> None:
    found = mailed()
    text, html = found.get_body(("plain",)), found.get_body(("html",))
    assert text is not None
    assert html is not None

    for one in pictured().suggestions:
        for part in (text, html):
            assert one.title in part.get_content()
            assert LINKS.verdict(one.item, "up") in part.get_content()
    assert LINKS.preferences in text.get_content()
    assert all(LINKS.postal_address in part.get_content() for part in (text, html))
    assert LINKS.unsubscribe in html.get_content()


def test_without_a_key_there_are_no_links() -> None:
    found = mailed(links=None)

    assert found["List-Unsubscribe"] is None
    assert "Unsubscribe" not in plain.render(pictured())


def test_a_key_that_is_too_short_signs_nothing() -> None:
    settings = replace(Settings(), digest_api_url="https://api.example", digest_link_key="short")

    with pytest.raises(Misconfigured, match="DIGEST_LINK_KEY"):
        links_of(settings, "ada", WEEK)


def test_the_same_digest_is_the_same_message() -> None:
    assert written() == written()


def test_lines_are_as_long_as_mail_allows_and_end_as_mail_ends_them() -> None:
    lines = written().split(b"\r\n")

    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_strangers_can_not_add_headers_or_sections() -> None:
    digest = whole(f"{EVIL}\r\nBcc: all@example.com\n\nUNSUBSCRIBE").model_copy(update={"name": "A\r\nBcc: b@c.de"})
    found = mailed(digest=digest)

    assert found["Bcc"] is None
    text = found.get_body(("plain",))
    assert text is not None
    assert "\nUNSUBSCRIBE" not in text.get_content()


def test_the_page_uses_only_what_mail_programs_show_or_do_without() -> None:
    used = features(render(whole(), links=LINKS)) | features(render(pictured(), PICTURES, LINKS))

    known = {*CHECKED, *UNCHECKED, *FALLBACKS}
    assert used <= known
    assert known <= used  # the tables have no entry that nothing needs


def test_padding_and_borders_are_on_cells_alone_where_outlook_heeds_them() -> None:
    for tag in LexborHTMLParser(render(whole(), links=LINKS)).css("[style]"):
        style = tag.attributes["style"] or ""
        if tag.tag != "td" and "padding" in style:
            assert "padding: 0;" in style
        assert tag.tag == "td" or "border-top" not in style


def test_the_page_of_the_mail_is_not_cut_off() -> None:
    html = mailed(digest=whole("A title " * 20)).get_body(("html",))

    assert html is not None
    assert len(html.get_content().encode()) <= MAX_BYTES


def features(page: str) -> set[str]:
    """Return the HTML tags, and the CSS properties, at-rules and attributes that a page uses."""
    parsed = LexborHTMLParser(page)
    tags = {f"<{tag.tag}>" for tag in parsed.css("*")}
    attributes = {f"[{name}]" for tag in parsed.css("*") for name in tag.attributes}
    style = " ".join(one.text() for one in parsed.css("style"))
    inline = [tag.attributes.get("style") or "" for tag in parsed.css("[style]")]
    rules = re.findall(r"\{([^{}]*)\}", style)
    properties = {part.split(":")[0].strip() for text in [*inline, *rules] for part in text.split(";") if ":" in part}
    media = {f"@media {name}" for name in re.findall(r"@media \(([a-z-]+)", style)}
    return tags | attributes | properties | media
