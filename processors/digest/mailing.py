"""Mailing of a digest: who gets it, and was it sent already? One mail a user and week, whatever breaks in between.

One document a user and week, in container digestOutcomes: `sending` before the service is asked, then what it said.
One that is found `sending` is of a handling that died: the service is asked by the operation's id whether it has the
mail, before it gets it again by the same id.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Literal

from processors.digest import acs_message
from processors.digest.acs import GATE, AcsMail, of_services
from processors.digest.inputs import PREFERENCES, SAID
from processors.digest.links import links_of
from processors.digest.person import PERSON, Person, person_of
from processors.digest.publish import blob_names
from shared import clock, users
from shared.blobs.containers import DIGESTS as BLOBS
from shared.documents.compare_and_set import change
from shared.documents.containers import DIGEST_OUTCOMES, USER_PROFILES
from shared.documents.ids import sha256
from shared.documents.port import Body, Documents
from shared.errors import Misconfigured, Permanent, RateLimited, Transient
from shared.jobs.runs.definition import Run
from shared.services import Services

KEPT = timedelta(days=60)
MAILED_WITHIN = timedelta(days=7)
"""A digest of an older slot is made when somebody asks for it; its news are none."""

MailOutcome = Literal["accepted", "sent_before", "no_consent", "too_late", "refused", "failed"]
_DUE, _SENDING, _ACCEPTED = "due", "sending", "accepted"


async def send_once(services: Services, run: Run, user: str) -> MailOutcome:
    """Hand the mail of a user's digest to the service, unless this week's was; return what came of it.

    Raises what `AcsMail.send` does; after Permanent a later run may try again.
    """
    documents = services.documents
    if clock.now() - run.slot.at > MAILED_WITHIN:
        return "too_late"
    standing = await documents.get(DIGEST_OUTCOMES, _group(run.slot.text, user), user)
    if standing is not None and standing.body["state"] == _ACCEPTED:
        return _accepted(standing.body, run)
    person = await _who_consented(documents, user)
    if person is None:
        return "no_consent"
    if links_of(services.settings, user, run.slot.text) is None:
        raise Misconfigured(
            "DIGEST_SENDER is acs, but nobody could unsubscribe: set DIGEST_API_URL and DIGEST_LINK_KEY.",
            code="setting_missing",
            dependency=GATE,
        )
    post = services.opened_once(of_services)
    is_unsure = standing is not None and standing.body["state"] == _SENDING
    if standing is not None and is_unsure and await _is_known(services, post, run, user, standing.body):
        return "accepted"
    name = blob_names(user, run.slot.text, run.n).eml
    found = await services.blobs.read_version(BLOBS, name)
    if found is None:
        raise Permanent(f"There is no blob {name}: an older version of the app made the digest", code="mail_missing")
    message = acs_message.of_mime(found[0], person)
    begun = await _note(documents, run, user, _SENDING)
    if begun["state"] == _ACCEPTED:
        return _accepted(begun, run)
    try:
        await post.send(begun["operationId"], message)
    except (RateLimited, Misconfigured):
        await _note(documents, run, user, _DUE)
        raise
    except Permanent:
        await _note(documents, run, user, _DUE, is_another=True)
        raise
    except Transient as error:
        if error.code != "mail_known" or not await _is_known(services, post, run, user, begun):
            raise
    await _note(documents, run, user, _ACCEPTED)
    return "accepted"


async def accepted_at(documents: Documents, user: str, week: str) -> str | None:
    """Return when the service took the mail of a user's week; None when it wasn't sent, or long ago."""
    held = await documents.get(DIGEST_OUTCOMES, _group(week, user), user)
    return str(held.body["at"]) if held is not None and held.body["state"] == _ACCEPTED else None


async def _who_consented(documents: Documents, user: str) -> Person | None:
    """Return the person as of now: who has withdrawn since the digest was made gets no mail."""
    query = documents.query(USER_PROFILES, partition=user, where=[("id", "in", [PERSON, PREFERENCES])])
    by_id = {document.body["id"]: document.body async for document in query}
    person, said = person_of(by_id.get(PERSON)), by_id.get(PREFERENCES)
    is_wanted = said is None or SAID.present(said)["digest"] is not False
    return person if person.consent and person.email and is_wanted else None


async def _is_known(services: Services, post: AcsMail, run: Run, user: str, body: Body) -> bool:
    """Return whether the service has the mail already, and note it."""
    try:
        status = await post.status(body["operationId"])
    except Permanent:
        await _note(services.documents, run, user, _DUE, is_another=True)
        raise
    if status is None:
        return False
    await _note(services.documents, run, user, _ACCEPTED)
    return True


async def _note(documents: Documents, run: Run, user: str, state: str, *, is_another: bool = False) -> Body:
    """Write down how far the mail is; `is_another`: the next try is another operation. What was accepted stays so."""

    def made(standing: Body | None) -> Body | None:
        if standing is not None and standing["state"] == _ACCEPTED:
            return standing
        tries = (standing["tries"] if standing else 0) + is_another
        return {
            "id": user,
            "group": _group(run.slot.text, user),
            "userId": user,
            "week": run.slot.text,
            "runId": run.id,
            "state": state,
            "tries": tries,
            "operationId": str(_operation(user, run.slot.text, tries)),
            "at": clock.text_now(),
            "schemaVersion": 1,
            "ttl": int(KEPT.total_seconds()),
        }

    noted = await change(documents, DIGEST_OUTCOMES, _group(run.slot.text, user), user, made)
    assert noted is not None  # `made` makes one
    return noted


def _accepted(body: Body, run: Run) -> MailOutcome:
    return "accepted" if body["runId"] == run.id else "sent_before"


def _operation(user: str, week: str, tries: int) -> uuid.UUID:
    """Return the id of the operation: the same for the same mail, also when what was noted got lost."""
    return uuid.UUID(sha256(f"digest mail|{user}|{week}|{tries}")[:32], version=4)


def _group(week: str, user: str) -> str:
    return f"mail|{week}|{users.bucket_of(user)}"
