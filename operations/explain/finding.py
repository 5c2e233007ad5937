"""Finding: which thing does a text mean? A job, run, alert rule, source or dead letter.

Ids come before names, and both before beginnings; a text that means several things equally well is refused with the
choices. ``job:``, ``run:``, ``rule:``, ``source:`` and ``dead-letter:`` before it say which sort is meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from operations import runs
from operations.actor import Actor
from operations.runs import Run
from processors.alerts import store
from processors.alerts.rule import Rule
from processors.catalogue import run_definitions
from processors.scraper import sources
from shared.alerts.states import SYSTEM
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.documents.port import Body, Condition, Documents
from shared.errors import NotFound, Refused, UsageError
from shared.jobs import held_messages
from shared.jobs.held_messages import HeldMessage
from shared.jobs.runs.definition import RunDefinition
from shared.jobs.runs.slots import Slot
from shared.suggestion import did_you_mean

Sort = Literal["job", "run", "rule", "source", "dead-letter"]
SORTS: tuple[Sort, ...] = ("job", "run", "rule", "source", "dead-letter")
_ID, _NAME, _BEGINNING = range(3)
_LAST = "\U0010ffff"
_MOST = 6
"""Choices that are told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A run that is asked about: what is known of it (None: nothing yet), its definition, and its slot."""

    name: str
    run: Run | None
    definition: RunDefinition | None
    slot: Slot | None


Thing = Body | HeldMessage | Asked | Rule


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that a text may mean; `choice` is how to say that just this one is meant."""

    sort: Sort
    choice: str
    thing: Any
    exactness: int


class Finder:
    """Finds what a text means: among the jobs of `user` only if one is given, the rules of `client` only if one is."""

    def __init__(
        self, documents: Documents, settings: Settings, by: Actor, *, user: str | None, client: str | None
    ) -> None:
        self._documents, self._settings, self._by = documents, settings, by
        self._user, self._client = user, client

    async def find(self, text: str) -> Found:
        """Return what is meant. Raises NotFound; Refused, with the choices, when it may be several things."""
        sorts, wanted = self._sorts(text)
        found = [one for one in await self._by_id(sorts, wanted) if one.sort in sorts]
        found = found or [one for one in await self._by_name(sorts, wanted) if one.sort in sorts]
        if not found:
            raise await self._nothing(sorts, wanted)
        best = [one for one in found if one.exactness == min(other.exactness for other in found)]
        if len(best) > 1:
            listed = ", ".join(one.choice for one in best[:_MOST])
            raise Refused(f"{wanted!r} stands for several: {listed}.", code="thing_ambiguous")
        return best[0]

    def _sorts(self, text: str) -> tuple[tuple[Sort, ...], str]:
        before, colon, rest = text.partition(":")
        asked = tuple(sort for sort in SORTS if colon and sort == before)
        if asked == ("job",):
            asked = ("job", "dead-letter")
        within: tuple[Sort, ...] = SORTS
        if self._user is not None and self._client is not None:
            raise UsageError("A job is of a user, an alert rule of a client: give one of them.", code="thing_of_two")
        if self._user is not None:
            within = ("job", "dead-letter")
        elif self._client is not None:
            within = ("rule",)
        return tuple(sort for sort in asked or SORTS if sort in within), rest if asked else text

    async def _by_id(self, sorts: tuple[Sort, ...], wanted: str) -> list[Found]:
        found: list[Found] = []
        if "job" in sorts or "dead-letter" in sorts:
            ids = list(dict.fromkeys((wanted, wanted.replace("/", "|"))))
            found += await self._jobs([("id", "in", ids)], _ID)
        if "run" in sorts:
            found = _without_jobs_of_runs(found, await self._runs(wanted))
        if "rule" in sorts and wanted:
            held = await store.get(self._documents, self._client or SYSTEM, wanted)
            found += [_rule(held.rule, _ID)] if held is not None else []
        if "job" in sorts and not found:
            held_back = await held_messages.asking_for(self._documents, wanted, scope=self._user)
            found += [Found("job", f"job:{wanted}", held_back, _ID)] if held_back is not None else []
        return found

    async def _by_name(self, sorts: tuple[Sort, ...], wanted: str) -> list[Found]:
        found: list[Found] = []
        if not wanted:
            return found
        if "job" in sorts or "dead-letter" in sorts:
            for start in dict.fromkeys((wanted, wanted.replace("/", "|"))):
                found += await self._jobs([("id", ">=", start), ("id", "<", start + _LAST)], _BEGINNING)
        if "rule" in sorts:
            async for rule in store.of_client(self._documents, self._client or SYSTEM):
                if rule.definition.name == wanted:
                    found.append(_rule(rule, _NAME))
                elif rule.id.startswith(wanted):
                    found.append(_rule(rule, _BEGINNING))
        if "source" in sorts:
            async for body in sources.all_of(self._documents):
                if wanted == body["id"]:
                    found.append(_source(body, _ID))
                elif wanted in (body["name"], body["url"]):
                    found.append(_source(body, _NAME))
                elif body["id"].startswith(wanted):
                    found.append(_source(body, _BEGINNING))
        return found

    async def _jobs(self, where: Iterable[Condition], exactness: int) -> list[Found]:
        query = self._documents.query(JOBS, partition=self._user, where=[*where], limit=_MOST)
        return [_job(document.body, exactness) async for document in query]

    async def _runs(self, wanted: str) -> list[Found]:
        name, _, slot = wanted.replace("/", "|").rstrip("|").partition("|")
        definition = run_definitions(self._settings).get(name)
        try:
            run = await runs.get(self._documents, self._by, wanted)
        except NotFound:
            run = None
        if run is not None:
            asked = Asked(name, run, definition, None)
        elif definition is None:
            return []
        else:
            asked = Asked(name, None, definition, definition.read(slot) if slot else None)
        return [Found("run", f"run:{asked.run.id if asked.run else wanted}", asked, _ID)]

    async def _nothing(self, sorts: tuple[Sort, ...], wanted: str) -> NotFound:
        names: list[str] = []
        if "run" in sorts:
            names += [one.name for one in run_definitions(self._settings)]
        if "rule" in sorts:
            rules = store.of_client(self._documents, self._client or SYSTEM)
            names += [rule.definition.name async for rule in rules]
        if "source" in sorts:
            names += [body["name"] async for body in sources.all_of(self._documents)]
        listed = " or ".join(filter(None, (", ".join(sorts[:-1]), sorts[-1]))).replace("-", " ")
        whose = f" of {self._user or self._client!r}" if self._user or self._client else ""
        return NotFound(f"There is no {listed} {wanted!r}{whose}.{did_you_mean(wanted, names)}", code="thing_not_found")


def _without_jobs_of_runs(found: list[Found], runs_found: list[Found]) -> list[Found]:
    """Return jobs and runs without the jobs that a found run has: who names one means the run."""
    ids = {one.thing.run.id for one in runs_found if one.thing.run is not None}
    return [one for one in found if one.thing.get("id") not in ids or one.thing["kind"] != "run"] + runs_found


def _job(body: Body, exactness: int) -> Found:
    sort: Sort = "dead-letter" if body["status"] == "dead" else "job"
    return Found(sort, f"{sort}:{body['id']} (of {body['scope']})", body, exactness)


def _rule(rule: Rule, exactness: int) -> Found:
    return Found("rule", f"rule:{rule.id}", rule, exactness)


def _source(body: Body, exactness: int) -> Found:
    return Found("source", f"source:{body['id']}", body, exactness)
