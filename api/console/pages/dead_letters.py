"""Dead letters: by cause first, then one by one; replaying or discarding some, or all that are alike, step by step."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from api.console.answering import after, command_line, next_page
from api.console.ids import owner
from api.console.page import Page
from api.console.visit import Visit
from api.problems import Problem, Stop
from api.tallies import Tally, tallied
from operations import dead_letters
from operations.actor import user_scope
from operations.dead_letters import CLASSES, Choice, Filter, Held
from operations.jobs import JobSummary
from operations.status import CAUSES_OF
from shared import clock
from shared.errors import NightshiftError, UsageError

OF_A_PAGE = 25
OF_A_STEP = 25
"""Letters that one request acts on: a page that changes many shows how far it is after each such step."""
_SINCE = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7)}
_NO_CHOICE = UsageError("Nothing is chosen. Mark letters first.", code="no_choice")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as the page's address has it."""

    queue: str | None
    error_class: str | None
    cause: str | None
    since: str | None
    user: str | None

    @property
    def wanted(self) -> Filter:
        """It as the operation takes it. Raises UsageError for a time that isn't one."""
        return Filter(self.queue, self.error_class, self.cause, _instant(self.since))

    def query(self) -> dict[str, str | None]:
        """Return it as an address has it."""
        return {
            "queue": self.queue, "class": self.error_class, "cause": self.cause, "since": self.since, "user": self.user,
        }  # fmt: skip

    def command(self, do: str = "list") -> str:
        """Return the command that lists the same letters, or does the same to them."""
        return command_line("dead-letters", do, **self.query())


async def show(visit: Visit) -> Response:
    """Show what letters died of, and the letters that the filter means."""
    asked = _asked(visit)
    documents, user = visit.services.documents, owner(asked.user)
    causes = await dead_letters.recent_causes(documents, visit.actor, limit=CAUSES_OF, wanted=asked.wanted, user=user)
    page, total = await dead_letters.search(
        documents, visit.actor, asked.wanted, user=user, limit=OF_A_PAGE, after=after(visit)
    )
    return visit.page(
        "dead_letters.html",
        command=asked.command(),
        asked=asked,
        causes=causes,
        causes_of=CAUSES_OF if total > CAUSES_OF else None,
        classes=CLASSES,
        sinces=tuple(_SINCE),
        letters=[(letter, choice_of(letter)) for letter in page.items],
        total=total,
        more_address=next_page("/dead-letters", page.next, **asked.query()),
    )


async def act_on_chosen(visit: Visit) -> Response:
    """Check, replay or discard the letters that are marked, and show what came of each."""
    do, chosen = _do(visit), [_choice(text) for text in visit.form.all("id")]
    if not chosen:
        raise _NO_CHOICE
    tally = await acted_on(visit, do, chosen[:OF_A_PAGE])
    return visit.page("acted.html", command="nightshift dead-letters replay --help", do=do, tally=tally)


async def act_on_all(visit: Visit) -> Response:
    """Do one step of what is done to all letters of a filter, and show how far it is; the page asks for the next.

    Replaying all begins with a check, unless the form is that of a check that has ended: who asks for it is to know
    first what would come of it.
    """
    do, asked = _do(visit), _asked(visit)
    if do == "replay" and visit.form.get("checked") is None:
        visit.actor.require("operator", user_scope(owner(asked.user)))
        do = "check"
    place = visit.form.get("after")
    page, left = await dead_letters.search(
        visit.services.documents, visit.actor, asked.wanted, user=owner(asked.user), limit=OF_A_STEP, after=place
    )
    total = visit.form.number("total") or left
    tally = await acted_on(visit, do, [(letter.scope, letter.id) for letter in page.items])
    so_far = visit.form.number("done") + len(tally.done)
    refused = visit.form.number("refused") + len(tally.refused)
    return visit.page(
        "acting.html",
        command=asked.command("discard" if do == "discard" else "replay"),
        do=do,
        asked=asked,
        tally=tally,
        total=max(total, so_far + refused),
        so_far=so_far,
        refused=refused,
        after=page.next if not tally.stopped else None,
        why=visit.form.get("why"),
    )


async def acted_on(visit: Visit, do: str, chosen: list[tuple[str, str]]) -> Tally:
    """Do it to letters, each named by its owner and id; return what became of each."""
    services, by = visit.services, visit.actor
    letters: list[Held] = []
    for scope, letter in chosen:
        try:
            letters += await dead_letters.choose(services.documents, by, Choice((letter,), None, owner(scope)))
        except NightshiftError as error:
            if len(chosen) == 1:
                raise
            if error.code not in ("job_not_found", "no_dead_letter"):  # somebody was faster
                raise
    if do == "check":
        return await tallied(dead_letters.check_replay(services, by, letters), dry_run=True)
    if do == "discard":
        return await tallied(dead_letters.discard(services, by, letters, why=visit.form.get("why")), dry_run=False)
    return await tallied(dead_letters.replay(services, by, letters), dry_run=False)


def choice_of(letter: JobSummary) -> str:
    """Return what a mark beside a letter stands for: its owner and id."""
    parts = (letter.scope.encode("utf-8", "surrogatepass"), letter.id.encode("utf-8", "surrogatepass"))
    return ".".join(base64.urlsafe_b64encode(part).decode("ascii") for part in parts)


def _choice(text: str) -> tuple[str, str]:
    try:
        scope, letter = (base64.urlsafe_b64decode(part).decode("utf-8", "surrogatepass") for part in text.split("."))
    except (binascii.Error, ValueError):
        raise _NO_CHOICE from None
    return scope, letter


def _do(visit: Visit) -> str:
    do = visit.form.get("do")
    if do not in ("check", "replay", "discard"):
        raise Stop(Problem(400, "request_invalid", "The form doesn't say what to do."))
    if do == "discard" and not visit.form.get("why"):
        raise UsageError("Say why they are discarded: the reason is kept with each.", code="why_missing")
    return do


def _asked(visit: Visit) -> Asked:
    fields = visit.form if visit.form.values else visit.query
    names = ("queue", "class", "cause", "since", "user")
    return Asked(*(fields.get(name) for name in names))


def _instant(since: str | None) -> datetime | None:
    if since is None:
        return None
    if since in _SINCE:
        return clock.now() - _SINCE[since]
    try:
        return clock.parse(since)
    except ValueError:
        raise UsageError(
            f"{since!r} is no time. Take one of {', '.join(_SINCE)}, or an instant such as 2026-11-23T09:00:00Z.",
            code="time_invalid",
        ) from None


PAGES = (
    Page("GET", "/dead-letters", show),
    Page("POST", "/dead-letters/chosen", act_on_chosen),
    Page("POST", "/dead-letters/all", act_on_all),
)
