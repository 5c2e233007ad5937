"""Alert rules: one rule, and the form that creates or changes it, which shows its times and its backtest before."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from api import clients
from api.console import backtests, ranges, rule_form
from api.console.answering import command_line
from api.console.page import Page
from api.console.visit import Visit
from api.ids import encoded
from operations import alerts, backtest, rule_backtest, rule_checks, rules
from operations.answers import to_json
from operations.backtest import Backtest
from operations.rules import Coming, RuleView
from shared.errors import NightshiftError, Unavailable, UsageError

PATH = "/alerts/rules"
_DAYS, _MOST_DAYS, _MOST_TOLD, _TIMES = 14, 90, 20, 5


async def show(visit: Visit) -> Response:
    """Show a rule: its state, when it runs next, and what it told."""
    documents, by, client = visit.services.documents, visit.actor, visit.client
    of = clients.of(client)
    rule = await rules.show(documents, by, visit.path["id"], **of)
    since = visit.at - timedelta(days=_MOST_DAYS)
    return visit.page(
        "rule.html",
        command=command_line("alerts", "show", rule.id, client=client),
        client=client,
        rule=rule,
        members=to_json(rule),
        states=(await alerts.states_of(documents, by, {rule.id: rule.name}, **of)).items,
        times=(await rules.preview(documents, by, rule.id, count=_TIMES, **of)).items,
        told=(await alerts.history(documents, by, since, rule=rule.id, limit=_MOST_TOLD, **of)).items,
        may_change=by.may("admin", clients.scope(client)),
        may_run=by.may("operator", clients.scope(client)),
    )


async def new(visit: Visit) -> Response:
    """Show the form of a new rule; the address may fill it in."""
    return await _form(visit, rule_form.typed(visit.query))


async def edit(visit: Visit) -> Response:
    """Show the form of a rule that there is."""
    client = visit.client
    rule = await rules.show(visit.services.documents, visit.actor, visit.path["id"], **clients.of(client))
    return await _form(visit, rule_form.filled(to_json(rule)), standing=rule.id, version=_version(rule))


async def attempt(visit: Visit) -> Response:
    """Show when the rule of a form would run, and what it would have told. Stores nothing."""
    form = visit.form
    return await _form(
        visit, rule_form.typed(form), standing=form.get("id"), version=form.get("version"), is_tried=True
    )  # fmt: skip


async def save(visit: Visit) -> Response:
    """Store the rule of a form: a new one, or over the version that the form was filled with."""
    form, client = visit.form, visit.client
    typed, standing, version = rule_form.typed(form), form.get("id"), form.get("version")
    members, of = rule_form.said(typed), clients.of(client)
    try:
        if standing is None:
            rule = await rules.create(visit.services, visit.actor, rule_form.without_nothing(members), **of)
            done = f"Rule {rule.name} is stored."
        else:
            rule = await rules.update(visit.services, visit.actor, standing, members, expected=_read(version), **of)
            done = f"Rule {rule.name} is changed. It takes effect a minute later."
    except UsageError as error:
        return await _form(visit, typed, standing=standing, version=version, problem=str(error))
    return visit.moved(f"{PATH}/{encoded(rule.id)}", done, client=client)


async def delete(visit: Visit) -> Response:
    """Delete a rule."""
    client, version = visit.client, _read(visit.form.get("version"))
    gone = await rules.delete(
        visit.services, visit.actor, visit.path["id"], expected=version, **clients.of(client)
    )  # fmt: skip
    return visit.moved("/alerts", f"Rule {gone.name} is deleted.", client=client)


async def run(visit: Visit) -> Response:
    """Have a rule evaluated now, beside its schedule."""
    client, named = visit.client, visit.path["id"]
    asked = await rules.run_now(visit.services, visit.actor, named, **clients.of(client))
    return visit.moved(
        f"{PATH}/{encoded(asked.rule)}", "A run is asked for: it is evaluated in a moment.", client=client
    )


async def times(visit: Visit) -> Response:
    """Show when a frequency runs next, as a part of the form: asked for while one types."""
    coming, problem = _times(rule_form.typed(visit.query))
    return visit.page("times.html", command="", times=coming, times_problem=problem)


async def _form(
    visit: Visit,
    typed: dict[str, str],
    *,
    standing: str | None = None,
    version: str | None = None,
    problem: str | None = None,
    is_tried: bool = False,
) -> Response:
    client = visit.client
    visit.actor.require("admin", clients.scope(client))
    coming, times_problem = _times(typed)
    days = min(visit.form.number("backtest_days") or _DAYS, _MOST_DAYS)
    tested, trouble = await _tested(visit, typed, standing, days) if is_tried else (None, None)
    return visit.page(
        "rule_form.html",
        status=422 if problem else 200,
        command=command_line(
            "alerts", "update" if standing else "create", *([standing] if standing else []), client=client
        ),
        client=client,
        id=standing,
        version=version,
        typed=typed,
        form=rule_form,
        known=rule_checks.known(visit.services),
        problem=problem,
        times=coming,
        times_problem=times_problem,
        backtest_days=days,
        tested=tested,
        drawing=backtests.drawing(tested) if tested else None,
        sentence=backtests.sentence(tested) if tested else None,
        remarks=backtests.remarks(tested) if tested else [],
        trouble=trouble,
    )


async def _tested(
    visit: Visit, typed: dict[str, str], standing: str | None, days: int
) -> tuple[Backtest | None, str | None]:
    """Return the backtest of a form's rule, or why there is none."""
    members = {**rule_form.without_nothing(rule_form.said(typed)), **({"id": standing} if standing else {})}
    over = backtest.range_of(*ranges.last(visit, days))
    try:
        return await rule_backtest.replay(visit.services, visit.actor, members, over), None
    except Unavailable:
        raise
    except NightshiftError as error:
        return None, str(error)


def _times(typed: dict[str, str]) -> tuple[tuple[Coming, ...], str | None]:
    try:
        return rules.preview_frequency(rule_form.frequency(typed), count=_TIMES).items, None
    except UsageError as error:
        return (), str(error)


def _version(rule: RuleView) -> str:
    return f"{rule.incarnation}.{rule.version}"


def _read(version: str | None) -> tuple[int, int] | None:
    incarnation, _, edit = (version or "").partition(".")
    return (int(incarnation), int(edit)) if incarnation.isdecimal() and edit.isdecimal() else None


PAGES = (
    Page("GET", "/alerts/new", new, "admin"),
    Page("GET", "/alerts/times", times),
    Page("POST", "/alerts/try", attempt, "admin"),
    Page("POST", "/alerts/save", save, "admin"),
    Page("GET", f"{PATH}/{{id}}", show),
    Page("GET", f"{PATH}/{{id}}/edit", edit, "admin"),
    Page("POST", f"{PATH}/{{id}}/delete", delete, "admin"),
    Page("POST", f"{PATH}/{{id}}/run", run, "operator"),
)
