"""When does an alert rule run next, what keeps it, and how far is its alert? Each state is a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from operations.explain import rules
from operations.explain.rules import RuleFacts
from operations.explain.timer_trouble import Beat
from processors.alerts import rule as alert_rules
from processors.alerts.rule import Rule
from processors.alerts.scheduler import Scheduler
from shared import clock
from shared.alerts.states import SYSTEM
from shared.jobs import transitions
from shared.jobs.record import Record
from shared.jobs.worker_heartbeats import HostSeen
from tests.unit.jobs.build import NOW, kind, later, record
from tests.unit.operations.explain.build import AWAY, GONE, HERE, MINUTE, around, at, beat, names, queued, said, told

CONDITION = {"measure": "load", "scope": "org:acme", "operator": ">", "threshold": 10}
DISPATCHER = beat("DispatchAlerts")
NEVER_EVALUATED = "it has never been evaluated"


def rule(due: float | None = 1800, last: float | None = None, client: str = SYSTEM, **members: Any) -> Rule:
    """Return a rule that is due so many seconds from now, and whose last slot was so many from now."""
    condition = {**CONDITION, **members.pop("condition", {})}
    definition = alert_rules.checked({"name": "Load", "condition": condition, **members})
    made = alert_rules.created(client, "load", definition, 1, by="ada", now=NOW)
    when = replace(
        made.timing,
        next_due=None if due is None else later(due),
        last_slot=None if last is None else later(last),
    )
    return replace(made, timing=when)


class Row(NamedTuple):
    """A rule and what surrounds it, and what is told of its next run."""

    name: str
    rule: Rule
    code: str
    text: str
    seconds: float | None = None
    last: Record | None = None
    waits_for: str | None = None
    scheduler: Scheduler = Scheduler()
    dispatcher: Beat = DISPATCHER
    host: HostSeen = HERE


STOPPED = Scheduler(True, clock.to_text(later(-600)), "cli:ada", "the store is being moved")
MISSED = at(-60, transitions.new_left_out, kind(), record().key, {}, code="slot_missed", why="It is late", by="~")
ROWS = [
    Row("not due yet", rule(), "rule_waits", "runs next at 09:30:00", 1800),
    Row("inactive", rule(None, active=False), "rule_inactive", "is inactive: it doesn't run until it is made active"),
    Row("at its end", rule(None), "rule_over", "has no slot any more: its frequency has come to its end"),
    Row("due just now", rule(-5), "rule_due", "is due since 08:59:55; DispatchAlerts sees to it within the minute", 0),
    Row(
        "due longer than its grace",
        rule(-4000),
        "rule_late",
        "is due since 07:53:20; that is more than 3600 s late, so it is recorded as missed",
    ),
    Row(
        "the scheduler is stopped",
        rule(-5),
        "scheduler_stopped",
        "is due since 08:59:55; the scheduler of alert rules is stopped since 08:50:00 by cli:ada: the store is being "
        "moved",
        scheduler=STOPPED,
    ),
    Row(
        "the scheduler is stopped before it is due",
        rule(),
        "scheduler_stopped",
        "runs next at 09:30:00; the scheduler of alert rules is stopped since 08:50:00 by cli:ada: the store is being "
        "moved",
        scheduler=STOPPED,
    ),
    Row(
        "no host is there",
        rule(-5),
        "no_host",
        "is due since 08:59:55; nobody would run it: no host seen for 50 s",
        host=AWAY,
    ),
    Row(
        "no host is there before it is due",
        rule(),
        "no_host",
        "runs next at 09:30:00; nobody would run it: no host seen for 50 s",
        1800,
        host=AWAY,
    ),
    Row(
        "nobody dispatches",
        rule(-5),
        "dispatcher_silent",
        "is due since 08:59:55; nobody dispatches rules: DispatchAlerts has never fired",
        dispatcher=Beat("DispatchAlerts", MINUTE, None),
    ),
    Row(
        "its last job runs, and it is due",
        rule(-5, -3600),
        "rule_behind",
        "is due since 08:59:55; its slot of 08:00:00 hasn't ended: a worker has it, attempt 1 of 5; it goes on when "
        "that has ended",
        last=record("running"),
    ),
    Row(
        "its predecessor has yet to run, and it is due",
        rule(-5, -3600),
        "rule_behind",
        "is due since 08:59:55; its slot of 08:00:00 waits for rule calls, which has yet to run; it goes on when that "
        "has ended",
        last=record("running"),
        waits_for="calls",
    ),
    Row(
        "its predecessor has yet to run",
        rule(1800, -60),
        "rule_runs",
        "its slot of 08:59:00 waits for rule calls, which has yet to run; runs next at 09:30:00",
        1800,
        last=queued(),
        waits_for="calls",
    ),
    Row(
        "its job is held back",
        rule(1800, -60),
        "rule_runs",
        "its slot of 08:59:00 hasn't ended: waits for its turn; runs next at 09:30:00",
        1800,
        last=queued(),
    ),
    Row(
        "its last slot was missed",
        rule(1800, -60),
        "rule_waits",
        "its last slot, of 08:59:00, didn't run: It is late; runs next at 09:30:00",
        1800,
        last=MISSED,
    ),
    Row(
        "its last job died",
        rule(1800, -60),
        "rule_waits",
        "the job of its last slot, of 08:59:00, died of item_gone; runs next at 09:30:00",
        1800,
        last=at(-30, transitions.dead, record("running"), GONE),
    ),
    Row(
        "its last job completed",
        rule(1800, -60),
        "rule_waits",
        "runs next at 09:30:00",
        1800,
        last=at(-30, transitions.completed, record("running")),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=names(ROWS))
def test_it_is_told_when_a_rule_runs_next(row: Row) -> None:
    facts = RuleFacts(row.rule, around(host=row.host), row.scheduler, row.dispatcher, row.last, row.waits_for)

    assert told(rules.answer_of(facts)) == (row.code, f"{row.text}; {NEVER_EVALUATED}", row.seconds)


def state(status: str, verdict: str = "breach", reason: str = "12 %, threshold > 10 %", **members: Any) -> Any:
    """Return the document of an alert's state; instants are seconds from now."""
    texts = {
        name: clock.to_text(later(value)) if name.endswith(("Until", "At", "since")) else value
        for name, value in members.pop("state", {}).items()
    }
    return {
        "status": status,
        "state": {"name": status, "since": clock.to_text(later(-7200)), **texts},
        "evaluatedAt": clock.to_text(later(-3600)),
        "verdict": verdict,
        "reason": reason,
        "schemaVersion": 2,
        **members,
    }


VERDICT = "its last verdict, at 08:00:00: breach (12 %, threshold > 10 %)"


class Alert(NamedTuple):
    """The state of a rule's alert, and what is told of it."""

    name: str
    state: Any
    text: str


ALERTS = [
    Alert(
        "OK",
        state("OK", "clear", "2 %, threshold > 10 %"),
        "its alert is OK since 07:00:00; its last verdict, at 08:00:00: clear (2 %, threshold > 10 %)",
    ),
    Alert(
        "one of three breaches",
        state("PENDING", state={"breaches": 1}),
        f"its alert is PENDING since 07:00:00: 1 of 3 breaches, 3 in a row fire; {VERDICT}",
    ),
    Alert(
        "enough breaches, and quiet",
        state("PENDING", state={"breaches": 3, "quietUntil": 600}),
        f"its alert is PENDING since 07:00:00: 3 of 3 breaches, and it is quiet still; {VERDICT}; nothing fires anew "
        "before 09:10:00: its window would tell the same again",
    ),
    Alert(
        "it fires",
        state("FIRING", state={"firedAt": -7200, "breaches": 3, "quietUntil": 600}),
        f"its alert is FIRING since 07:00:00; {VERDICT}",
    ),
    Alert(
        "it recovers",
        state("RECOVERING", "clear", "1 %", state={"firedAt": -9000, "clears": 1}),
        "its alert is RECOVERING since 07:00:00: 1 of 2 passes that end it; its last verdict, at 08:00:00: clear (1 %)",
    ),
    Alert(
        "no data while it fires",
        state("NO_DATA", "no_data", "nothing came", state={"firedAt": -9000}),
        "its alert is NO_DATA since 07:00:00, and fires since 06:30:00; its last verdict, at 08:00:00: no_data "
        "(nothing came)",
    ),
    Alert(
        "it can't be evaluated",
        state("ERROR", "error", "no answer", state={"failures": 4}),
        "its alert is ERROR since 07:00:00: 4 evaluations in a row failed; its last verdict, at 08:00:00: error (no "
        "answer)",
    ),
    Alert(
        "one evaluation failed",
        state("OK", "error", "no answer", state={"failures": 1}),
        "its alert is OK since 07:00:00, and 1 of 3 evaluations that make an error failed; its last verdict, at "
        "08:00:00: error (no answer)",
    ),
    Alert(
        "it is silenced",
        state("FIRING", state={"firedAt": -7200, "silencedUntil": 7200}, silencedBy="cli:ada", silencedWhy="a move"),
        f"its alert is FIRING since 07:00:00; {VERDICT}; it is silenced until 11:00:00 by cli:ada: a move",
    ),
    Alert(
        "its silence is over",
        state("FIRING", state={"firedAt": -7200, "silencedUntil": -7200}, silencedBy="cli:ada"),
        f"its alert is FIRING since 07:00:00; {VERDICT}",
    ),
    Alert(
        "silenced before it was ever evaluated",
        {**state("OK", state={"silencedUntil": 7200}), "evaluatedAt": ""},
        "its alert is OK since 07:00:00; it is silenced until 11:00:00",
    ),
]


@pytest.mark.parametrize("row", ALERTS, ids=names(ALERTS))
def test_it_is_told_how_far_the_alert_is(row: Alert) -> None:
    facts = RuleFacts(rule(condition={"for": 3, "clearFor": 2}), around(), Scheduler(), DISPATCHER, state=row.state)

    answer = rules.answer_of(facts)

    assert said(answer) == f"runs next at 09:30:00; {row.text}"
    assert answer.state == row.state["status"]


def test_a_clients_rule_is_told_as_such() -> None:
    facts = RuleFacts(rule(client="acme"), around(), Scheduler(), DISPATCHER)

    answer = rules.answer_of(facts)

    assert (answer.id, answer.scope, answer.state) == ("load", "acme", "never run")
    assert answer.fields["client"] == "acme"
    assert timedelta(minutes=30) == (answer.next_at or NOW) - NOW
