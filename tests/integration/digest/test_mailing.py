"""Does each user who consented get a week's mail once, whatever the mail service says, and nobody else?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from operations import digests
from processors.digest import person, preferences
from processors.digest.acs import SCOPE, AcsMail
from shared.config import Settings
from shared.documents.containers import DIGEST_OUTCOMES, GATES
from shared.errors import Misconfigured, Permanent
from tests.actors import ADMIN
from tests.integration.digest.acs_double import AcsDouble
from tests.integration.digest.test_mail_and_pictures import import_hat
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs.worlds import MovingClock

SENDER = "Your wardrobe <week@mail.example>"
API = "https://api.example"


@pytest.fixture
def acs(httpserver: HTTPServer) -> AcsDouble:
    """The mail service."""
    return AcsDouble(httpserver)


def settings(acs: AcsDouble) -> Settings:
    """Return the settings of an app that sends."""
    return Settings(
        digest_sender="acs", acs_endpoint=acs.url, digest_from=SENDER, digest_api_url=API, digest_link_key="k" * 40
    )


@pytest.fixture
def world(new_world: Callable[..., DigestWorld], acs: AcsDouble) -> DigestWorld:
    """A worker that sends."""
    return new_world(settings=settings(acs))


async def consents(world: DigestWorld, user: str, *, consent: bool = True) -> None:
    """Let a user own a hat with a picture, and have an address."""
    await import_hat(world, user)
    await person.describe(world.documents, user, name="Ada", email=f"{user}@example.com", consent=consent)


async def mails(world: DigestWorld) -> list[Any]:
    """Return what is noted of mails in outcomes of users."""
    query = world.documents.query(DIGEST_OUTCOMES, where=[("userId", "exists", True), ("outcome", "exists", True)])
    return [document.body.get("mail") async for document in query]


async def test_who_consented_gets_the_mail_with_pictures_and_one_click(
    world: DigestWorld, acs: AcsDouble, user: str
) -> None:
    await consents(world, user)

    entry = await world.digest()

    assert (entry.status, entry.counters["generated"], entry.counters["mail_accepted"]) == ("completed", 1, 1)
    (mail,) = acs.mails.values()
    assert mail["senderAddress"] == "week@mail.example"
    assert mail["recipients"] == {"to": [{"address": f"{user}@example.com", "displayName": "Ada"}]}
    assert mail["content"]["subject"] == "Ada, your week of 23 November in clothes"
    (picture,) = mail["attachments"]
    assert f'src="cid:{picture["contentId"]}"' in mail["content"]["html"]
    assert mail["headers"]["List-Unsubscribe"].startswith(f"<{API}/api/v1/links/")
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["headers"]["List-Unsubscribe"].strip("<>") in mail["content"]["plainText"]


async def test_an_operator_sees_the_mail_and_when_it_was_sent(world: DigestWorld, acs: AcsDouble, user: str) -> None:
    await consents(world, user)
    await world.digest()

    found = await digests.mail(world.services, ADMIN, user, await digests.get(world.documents, ADMIN, user))

    assert found is not None
    assert found.sent_at is not None
    (mail,) = acs.mails.values()
    (picture,) = mail["attachments"]
    sent = mail["content"]["html"].replace("\r\n", "\n")
    assert found.page.decode() == sent.replace(
        f"cid:{picture['contentId']}", f"data:image/jpeg;base64,{picture['contentInBase64']}"
    )


async def test_who_has_not_consented_or_opted_out_gets_none(world: DigestWorld, acs: AcsDouble, user: str) -> None:
    await consents(world, user, consent=False)
    await consents(world, f"{user}-out")
    await preferences.opt(world.documents, f"{user}-out", wants=False)

    entry = await world.digest()

    assert entry.counters == {"generated": 1, "mail_no_consent": 1, "skipped_opt_out": 1, "failed": 0}
    assert acs.asked == []


async def test_nothing_is_sent_unless_the_settings_say_so(
    new_world: Callable[..., DigestWorld], acs: AcsDouble, user: str
) -> None:
    world = new_world()
    await consents(world, user)

    assert (await world.digest()).counters == {"generated": 1, "failed": 0}
    assert (acs.asked, await mails(world)) == ([], [None])


async def test_a_forced_run_of_the_week_sends_no_second_mail(world: DigestWorld, acs: AcsDouble, user: str) -> None:
    await consents(world, user)
    await world.digest()

    again = await world.digest(force=True)

    assert (again.counters["generated"], again.counters["mail_sent_before"]) == (1, 1)
    assert list(acs.times.values()) == [1]


async def test_an_old_week_is_made_and_not_sent(world: DigestWorld, acs: AcsDouble, user: str) -> None:
    await consents(world, user)

    entry = await world.digest("2026-W46")

    assert (entry.counters["generated"], entry.counters["mail_too_late"]) == (1, 1)
    assert acs.asked == []


@pytest.mark.parametrize("takes", [True, False], ids=["taken", "not taken"])
async def test_a_mail_whose_answer_is_lost_is_sent_once(
    world: DigestWorld, acs: AcsDouble, user: str, *, takes: bool
) -> None:
    await consents(world, user)
    acs.says(503, takes=takes)

    entry = await world.digest()

    assert (entry.status, entry.counters["mail_accepted"]) == ("completed", 1)
    assert list(acs.times.values()) == [1]
    assert acs.asked == [("POST", 503), *([("GET", 200)] if takes else [("GET", 404), ("POST", 202)])]


async def test_no_mail_goes_out_from_which_nobody_could_unsubscribe(
    new_world: Callable[..., DigestWorld], acs: AcsDouble, user: str
) -> None:
    world = new_world(settings=replace(settings(acs), digest_link_key=""))
    await consents(world, user)
    await world.open("digest")
    while not (gates := await world.all(GATES)):
        await world.deliver()

    assert "DIGEST_LINK_KEY" in gates[0]["reason"]
    assert acs.asked == []


async def test_while_the_service_says_to_wait_the_group_waits_and_spends_no_attempt(
    world: DigestWorld, acs: AcsDouble, user: str, time: MovingClock
) -> None:
    users = [f"{user}-{n}" for n in range(3)]
    for one in users:
        await consents(world, one)
    for _ in range(3):
        acs.says(429, Retry_After="3000")
    before = time.now

    entry = await world.digest()

    assert (entry.counters["generated"], entry.counters["mail_accepted"]) == (3, 3)
    assert sorted(acs.times.values()) == [1, 1, 1]
    assert time.now - before >= timedelta(seconds=3000)
    (shard,) = await world.jobs(entry.id)
    assert shard.attempts == 0
    assert await world.all(GATES) == []


async def test_a_mail_that_is_refused_costs_nobody_else_theirs(world: DigestWorld, acs: AcsDouble, user: str) -> None:
    for n in range(3):
        await consents(world, f"{user}-{n}")
    acs.says(400, "InvalidRecipient")

    entry = await world.digest()

    assert (entry.status, entry.counters["generated"]) == ("completed", 3)
    assert (entry.counters["mail_accepted"], entry.counters["mail_refused"]) == (2, 1)
    query = world.documents.query(DIGEST_OUTCOMES, where=[("mail", "=", "refused")])
    (refused,) = [document.body async for document in query]
    assert refused["error"]["code"] == "mail_refused"
    assert "InvalidRecipient" in refused["error"]["message"]


async def test_after_a_refusal_a_forced_run_asks_as_another_operation(
    world: DigestWorld, acs: AcsDouble, user: str
) -> None:
    await consents(world, user)
    acs.says(400, "InvalidRecipient")
    await world.digest()

    again = await world.digest(force=True)

    assert again.counters["mail_accepted"] == 1
    first, second = (headers["Operation-Id"] for headers in acs.headers)
    assert first != second


async def test_a_missing_role_holds_the_group_until_a_person_has_mended_it(
    world: DigestWorld, acs: AcsDouble, user: str
) -> None:
    await consents(world, user)
    acs.says(403, "Denied")

    entry = await world.digest()

    assert (entry.status, entry.counters["mail_accepted"]) == ("completed", 1)
    (shard,) = await world.jobs(entry.id)
    assert shard.attempts == 0
    assert list(acs.times.values()) == [1]


async def test_who_withdraws_consent_while_the_service_waits_gets_none(
    world: DigestWorld, acs: AcsDouble, user: str
) -> None:
    await consents(world, user)
    acs.says(429, Retry_After="600")
    opened = await world.open("digest")
    while not acs.asked:
        await world.deliver()
    await person.describe(world.documents, user, consent=False)
    await world.work_off()

    entry = await world.entry("digest", opened)

    assert entry.counters["mail_no_consent"] == 1
    assert acs.mails == {}


async def test_what_is_noted_of_mails_is_forgotten_with_the_user(world: DigestWorld, acs: AcsDouble, user: str) -> None:
    await consents(world, user)
    await world.digest()
    from processors.users import kept

    noted = (await kept.export(world.services, user))["documents"]["digestOutcomes"]
    assert {one.get("state") for one in noted} == {None, "accepted"}
    _ = [one async for one in kept.forget(world.services, user)]

    assert [body for body in await world.all(DIGEST_OUTCOMES) if body.get("userId") == user] == []


async def test_the_apps_identity_signs_what_goes_out(acs: AcsDouble) -> None:
    class Identity:
        async def get_token(self, scope: str) -> Any:
            assert scope == SCOPE
            return type("Token", (), {"token": "t0k3n"})

        async def close(self) -> None:
            return None

    post = AcsMail(acs.url, Identity())
    try:
        await post.send("00000000-0000-4000-8000-000000000001", {"senderAddress": "a@b.c"})
    finally:
        await post.close()

    assert acs.headers[0]["Authorization"] == "Bearer t0k3n"


@pytest.mark.parametrize("endpoint", ["http://name.communication.azure.com", "name.communication.azure.com", "ftp://x"])
def test_only_https_is_asked(endpoint: str) -> None:
    with pytest.raises(Misconfigured, match="ACS_ENDPOINT"):
        AcsMail(endpoint)


async def test_a_mail_that_failed_at_once_is_not_taken_for_sent(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/emails:send").respond_with_json(
        {"id": "x", "status": "Failed", "error": {"code": "EmailDropped"}}, status=202
    )
    post = AcsMail(httpserver.url_for("").rstrip("/"))
    try:
        with pytest.raises(Permanent, match="EmailDropped"):
            await post.send("x", {})
    finally:
        await post.close()
