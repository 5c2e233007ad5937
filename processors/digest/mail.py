"""Mail of a digest: a whole MIME message, ready to be sent, that says the same whenever it is made again.

    multipart/alternative: text/plain; multipart/related: text/html, and its pictures by Content-ID

Pictures are parts, since Gmail shows no data: addresses, and links to private blobs would run out. The message is put
together here and not by Python's email package, which takes longer for one than all else of a digest; the tests read it
with that package.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from email import message_from_bytes, policy
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr

from processors.digest import page, plain, wording
from processors.digest.links import Links
from processors.digest.model import Digest
from processors.digest.person import Person
from shared import clock
from shared.documents.ids import sha256

_END = "\r\n"
_NOBODY = "undisclosed-recipients:;"
_HEADER_CHARACTERS = 76


def message(
    digest: Digest,
    html: str,
    *,
    person: Person,
    sender: str,
    pictures: Mapping[str, bytes],
    links: Links | None,
) -> bytes:
    """Return the message of a digest whose HTML part is `html`.

    It is addressed to the person only when the person has consented to mail.
    """
    named = sha256(f"{digest.userId}|{digest.run}")[:32]
    outer, inner = f"=_a{named}", f"=_r{named}"
    to = formataddr((_line(digest.name or ""), person.email)) if person.consent and person.email else _NOBODY
    headers = {
        "From": formataddr(parseaddr(_line(sender))),
        "To": to,
        "Subject": _text_of(subject(digest)),
        "Date": format_datetime(clock.parse(digest.asOf)),
        "Message-ID": f"<{named}@nightshift>",
        "MIME-Version": "1.0",
        "Content-Language": digest.locale,
        **(_unsubscribing(links) if links else {}),
        "Content-Type": f'multipart/alternative; boundary="{outer}"',
    }
    parts = [_part("text/html; charset=utf-8", html.encode())]
    parts += [_part("image/jpeg", pictures[name], f"<{page.cid_of(name)}>") for name in pictures]
    related = (
        f'Content-Type: multipart/related; type="text/html"; boundary="{inner}"{_END}{_END}{_joined(inner, parts)}'
    )
    text = _part("text/plain; charset=utf-8", plain.render(digest, links).encode())
    return f"{_headed(headers)}{_END}{_joined(outer, [text, related])}".encode()


def as_shown(message: bytes) -> bytes:
    """Return the page that a mail program shows of a message: the HTML part, with the message's own pictures in it."""
    mail = message_from_bytes(message, policy=policy.default)
    part = mail.get_body(("html",))
    html = str(part.get_content()) if part is not None else ""
    for picture in mail.walk():
        if picture["Content-ID"]:
            data = base64.b64encode(picture.get_content()).decode()
            name = str(picture["Content-ID"]).strip("<> ")
            html = html.replace(f'src="cid:{name}"', f'src="data:{picture.get_content_type()};base64,{data}"')
    return html.encode()


def subject(digest: Digest) -> str:
    """Return the subject: whose week, and which."""
    week = wording.week_of(digest.week)
    whose = f"{wording.capitalised(digest.name)}, your" if digest.name else "Your"
    return f"{whose} {week[0].lower()}{week[1:]} in clothes"


def _unsubscribing(links: Links) -> dict[str, str]:
    """Return the headers of RFC 2369 and RFC 8058: the mail program's own button, one click without a page."""
    return {"List-Unsubscribe": f"<{links.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _part(kind: str, content: bytes, id: str | None = None) -> str:
    text = base64.encodebytes(content).decode().replace("\n", _END)
    headers = {"Content-Type": kind, "Content-Transfer-Encoding": "base64"}
    if id is not None:
        headers |= {"Content-ID": id, "Content-Disposition": "inline"}
    return f"{_headed(headers)}{_END}{text}"


def _joined(boundary: str, parts: Iterable[str]) -> str:
    return "".join(f"--{boundary}{_END}{part}{_END}" for part in parts) + f"--{boundary}--{_END}"


def _headed(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}{_END}" for name, value in headers.items())


def _text_of(text: str) -> str:
    """Return a header's text in ASCII, on lines that are not too long, and without line ends of its own."""
    flat = _line(text)
    charset = "us-ascii" if flat.isascii() else "utf-8"
    return Header(flat, charset, maxlinelen=_HEADER_CHARACTERS, header_name="Subject").encode(linesep=_END)


def _line(text: str) -> str:
    return " ".join(text.split())
