"""Mail as Azure Communication Services takes it: the parts of the MIME message, in its JSON."""

from __future__ import annotations

import base64
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from processors.digest.person import Person

_HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language")
"""What is handed on as it is; all else the service writes itself."""


def of_mime(mime: bytes, person: Person) -> dict[str, Any]:
    """Return the message of a digest's blob, addressed to the person, who has an address.

    Sender is the address alone: the service has the name that goes with it from the sender's user name there.
    """
    message = message_from_bytes(mime, policy=policy.default)
    name = {"displayName": person.name} if person.name else {}
    return {
        "senderAddress": parseaddr(str(message["From"]))[1],
        "recipients": {"to": [{"address": person.email, **name}]},
        "content": {
            "subject": str(message["Subject"]),
            "plainText": _text(message, "plain"),
            "html": _text(message, "html"),
        },
        "attachments": [_attached(part) for part in message.walk() if part.get_content_maintype() == "image"],
        "headers": {header: str(message[header]) for header in _HEADERS if message[header]},
        "userEngagementTrackingDisabled": True,
    }


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _attached(part: Any) -> dict[str, str]:
    cid = str(part["Content-ID"]).strip("<> ")
    content = base64.b64encode(part.get_content()).decode()
    name = f"{cid.partition('@')[0]}.{part.get_content_subtype()}"
    return {"name": name, "contentType": part.get_content_type(), "contentInBase64": content, "contentId": cid}
