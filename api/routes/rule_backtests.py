"""Backtests of alert rules: of one that is stored, and of a definition that isn't yet. They store nothing."""

from __future__ import annotations

from typing import Any

from api import backtests, routing
from api.backtests import ANSWER, ASKED, EXAMPLE, Tried, answer_of
from api.exact import exactly
from api.params import By, ClientFilter, Id, With
from api.routing import route
from api.rule_example import RULE
from operations import rule_backtest, rules
from operations.actor import Actor
from operations.alerts import SYSTEM
from shared.services import Services

routes = routing.router("alert-rules")


class TriedRule(Tried):
    """A rule as a file has it, and over which range it is tried."""

    rule: dict[str, Any]


@route(
    routes,
    "POST",
    "/alerts/rules/backtest",
    answers=ANSWER,
    example=EXAMPLE,
    takes_example={"rule": RULE, **ASKED},
)
async def backtest_definition(services: With, by: By, said: TriedRule) -> dict[str, Any]:
    """Tell what a rule that isn't stored would have told in a range."""
    return await _tested(services, by, said.rule, said)


@route(routes, "POST", "/alerts/rules/{id}/backtest", answers=ANSWER, example=EXAMPLE, takes_example=ASKED)
async def backtest_rule(services: With, by: By, id: Id, said: Tried, client: ClientFilter = None) -> dict[str, Any]:
    """Tell what a rule would have told in a range, as it is or with other numbers."""
    whose = SYSTEM if client is None else client
    exactly(id, (await rules.show(services.documents, by, id, client=whose)).id, what="alert rule", code="rule_unknown")
    return await _tested(services, by, id, said, whose)


async def _tested(services: Services, by: Actor, which: Any, said: Tried, client: str = SYSTEM) -> dict[str, Any]:
    over, values = said.range(), said.values()
    if values is None:
        return answer_of(await rule_backtest.replay(services, by, which, over, changes=said.set, client=client))
    swept = await rule_backtest.sweep(
        services, by, which, over, values, backtests.untold, changes=said.set, client=client
    )
    return answer_of(swept)
