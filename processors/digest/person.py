"""Person: what is a user called, where does mail go, may it be sent, and in which language does the user read?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from shared import clock, users
from shared.documents.compare_and_set import change
from shared.documents.containers import USER_PROFILES
from shared.documents.port import Body, Documents
from shared.errors import UsageError

PERSON = "person"
"""The id of what is known of the person, in userProfiles."""
Direction = Literal["ltr", "rtl"]
_RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"))
_RIGHT_TO_LEFT_SCRIPTS = frozenset(("arab", "hebr", "thaa", "syrc", "nkoo"))
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_SCHEMA_VERSION = 1
MAX_NAME_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person. `consent`: whether digests may be sent to `email`."""

    name: str | None = None
    email: str | None = None
    consent: bool = False
    locale: str = "en"

    @property
    def direction(self) -> Direction:
        """How the user's language is written."""
        language, *more = self.locale.lower().split("-")
        scripts = [part for part in more if len(part) == 4 and part.isalpha()]
        is_right = scripts[0] in _RIGHT_TO_LEFT_SCRIPTS if scripts else language in _RIGHT_TO_LEFT
        return "rtl" if is_right else "ltr"


async def describe(
    documents: Documents,
    user: str,
    *,
    name: str | None = None,
    email: str | None = None,
    consent: bool | None = None,
    locale: str | None = None,
) -> Person:
    """Note what is said of a person; what is None stays as it is, an empty text is forgotten. Raises UsageError."""
    _check(name, email, locale)
    said = {"name": name, "email": email, "consent": consent, "locale": locale}
    news = {member: value if value != "" else None for member, value in said.items() if value is not None}

    def made(standing: Body | None) -> Body:
        body = {**(standing or {"id": PERSON, "userId": user, "consent": False}), **news}
        if body.get("consent") and not body.get("email"):
            raise UsageError("Consent to mail needs an address.", code="email_missing")
        return {**body, "updatedAt": clock.text_now(), "schemaVersion": _SCHEMA_VERSION}

    await users.register(documents, user)
    return person_of(await change(documents, USER_PROFILES, user, PERSON, made))


def person_of(body: Body | None) -> Person:
    """Return the person that a document tells of."""
    said = body or {}
    known: dict[str, Any] = {
        member: said[member]
        for member, is_valid in (("name", is_name), ("email", is_email), ("locale", is_locale))
        if isinstance(said.get(member), str) and is_valid(said[member])
    }
    return Person(**known, consent=said.get("consent") is True)


def is_name(text: str) -> bool:
    """Return whether a text can be what a person is called: one line."""
    return 0 < len(text) <= MAX_NAME_CHARACTERS and text.isprintable()


def is_email(text: str) -> bool:
    """Return whether a text is an address that mail can go to."""
    return _EMAIL.fullmatch(text) is not None and ".." not in text


def is_locale(text: str) -> bool:
    """Return whether a text names a language as BCP 47 does."""
    return _LOCALE.fullmatch(text) is not None


def _check(name: str | None, email: str | None, locale: str | None) -> None:
    if name and not is_name(name):
        raise UsageError(f"A name is one line of at most {MAX_NAME_CHARACTERS} characters.", code="name_invalid")
    if email and not is_email(email):
        raise UsageError(f"{email!r} is no e-mail address, such as ada@example.com.", code="email_invalid")
    if locale and not is_locale(locale):
        raise UsageError(f"{locale!r} is no locale, such as en, pt-BR or ar.", code="locale_invalid")
