"""A mail program: what does it show of a message? The HTML part, its pictures taken from the message's own parts."""

from __future__ import annotations

import base64
from email import message_from_bytes, policy


def shown(message: bytes) -> str:
    """Return the page that a mail program shows."""
    mail = message_from_bytes(message, policy=policy.default)
    part = mail.get_body(("html",))
    assert part is not None, "the mail has no HTML part"
    page = str(part.get_content())
    for picture in mail.walk():
        if picture["Content-ID"]:
            data = base64.b64encode(picture.get_content()).decode()
            name = str(picture["Content-ID"]).strip("<>")
            page = page.replace(f"cid:{name}", f"data:{picture.get_content_type()};base64,{data}")
    return page
