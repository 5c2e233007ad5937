"""Alert rules that users define: create, change, delete, look at, run now, and when they run next."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api import clients, conditional, routing
from api.exact import exactly
from api.params import By, ClientFilter, Id, With
from api.routing import Answer, route
from api.rule_example import RULE
from operations import rules
from operations.answers import Page
from operations.rules import Asked, Coming, Definition, Deleted, RuleView

Count = Annotated[int, Query(ge=1, le=50, description="How many times.")]
routes = routing.router("alert-rules")


class Frequency(BaseModel):
    """A frequency that no rule has yet."""

    model_config = ConfigDict(extra="forbid")

    frequency: dict[str, Any]
    count: Annotated[int, Field(ge=1, le=50)] = 5


@route(routes, "GET", "/alerts/rules", answers=Page[RuleView])
async def list_rules(services: With, by: By, client: ClientFilter = None) -> Page[RuleView]:
    """List a client's rules, or the app's own, by name."""
    return await rules.all_rules(services.documents, by, **clients.of(client))


@route(routes, "POST", "/alerts/rules", answers=RuleView, status=201, takes=Definition, takes_example=RULE)
async def create_rule(
    services: With,
    by: By,
    said: Annotated[dict[str, Any], Body()],
    client: ClientFilter = None,
    id: Annotated[str | None, Query(max_length=100, description="Default: a new one.")] = None,
) -> Answer:
    """Store a new rule."""
    rule = await rules.create(services, by, said, id=id, **clients.of(client))
    return Answer(rule, headers={"etag": _tag(rule)})


@route(routes, "POST", "/alerts/rules/preview", answers=Page[Coming])
async def preview_frequency(by: By, said: Frequency) -> Page[Coming]:
    """Show the next times of a frequency that no rule has yet."""
    return rules.preview_frequency(said.frequency, count=said.count)


@route(routes, "GET", "/alerts/rules/{id}", answers=RuleView)
async def show_rule(services: With, by: By, id: Id, client: ClientFilter = None) -> Answer:
    """Show a rule. Its ETag is for If-Match."""
    rule = await rules.show(services.documents, by, id, **clients.of(client))
    _exactly(id, rule)
    return Answer(rule, headers={"etag": _tag(rule)})


@route(
    routes,
    "PATCH",
    "/alerts/rules/{id}",
    answers=RuleView,
    takes={"type": "object", "additionalProperties": True, "description": "Members of a rule; null takes one away."},
    takes_example={"condition": {"threshold": 35}},
    takes_etag=True,
)
async def change_rule(
    request: Request,
    services: With,
    by: By,
    id: Id,
    said: Annotated[dict[str, Any], Body()],
    client: ClientFilter = None,
) -> Answer:
    """Change members of a rule; those of its condition one by one. It takes effect a minute later."""
    by.require("admin", clients.scope(client))
    before = await rules.show(services.documents, by, id, **clients.of(client))
    _exactly(id, before)
    after = await rules.update(services, by, id, said, expected=_expected(request, before), **clients.of(client))
    return Answer(after, headers={"etag": _tag(after)})


@route(routes, "DELETE", "/alerts/rules/{id}", answers=Deleted, takes_etag=True)
async def delete_rule(request: Request, services: With, by: By, id: Id, client: ClientFilter = None) -> Deleted:
    """Delete a rule. What it told last is told to be over."""
    by.require("admin", clients.scope(client))
    before = await rules.show(services.documents, by, id, **clients.of(client))
    _exactly(id, before)
    return await rules.delete(services, by, id, expected=_expected(request, before), **clients.of(client))


@route(routes, "POST", "/alerts/rules/{id}/run", answers=Asked, status=202)
async def run_rule(services: With, by: By, id: Id, client: ClientFilter = None) -> Asked:
    """Have a rule evaluated now, beside its schedule."""
    by.require("operator", clients.scope(client))
    _exactly(id, await rules.show(services.documents, by, id, **clients.of(client)))
    return await rules.run_now(services, by, id, **clients.of(client))


@route(routes, "GET", "/alerts/rules/{id}/preview", answers=Page[Coming])
async def preview_rule(services: With, by: By, id: Id, client: ClientFilter = None, count: Count = 5) -> Page[Coming]:
    """Show the next times at which a rule runs; none when it isn't active."""
    _exactly(id, await rules.show(services.documents, by, id, **clients.of(client)))
    return await rules.preview(services.documents, by, id, count=count, **clients.of(client))


def _exactly(id: str, rule: RuleView) -> None:
    exactly(id, rule.id, what="alert rule", code="rule_unknown")


def _version(rule: RuleView) -> str:
    return f"{rule.incarnation}.{rule.version}"


def _tag(rule: RuleView) -> str:
    """Return a rule's ETag: its version, which If-Match is about, and when it runs, which changes by itself."""
    return conditional.tag_of(repr((rule.next_due_at, rule.last_slot)).encode(), of=_version(rule))


def _expected(request: Request, before: RuleView) -> tuple[int, int] | None:
    if "if-match" not in request.headers:
        return None
    conditional.check(request, _version(before), only_version=True)
    return before.incarnation, before.version
