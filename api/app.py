"""App: the routes, the edge around them, and the documents about them."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from api import console, exchange, openapi, problems, routing
from api.console.mount import Mount
from api.edge import Edge
from api.problems import Problem
from api.routes import (
    alert_rules,
    alerts,
    calls,
    dead_letter_replays,
    dead_letters,
    digests,
    documents,
    explain,
    gates,
    health,
    jobs,
    links,
    metrics,
    moods,
    pickup_rate,
    profiles,
    queues,
    rule_backtests,
    runs,
    scheduler,
    sources,
    tasks,
    users,
)
from api.world import World, world_of

ROUTERS = (
    health.routes,
    jobs.routes,
    explain.routes,
    dead_letter_replays.routes,
    dead_letters.routes,
    runs.routes,
    profiles.routes,
    digests.routes,
    links.routes,
    moods.routes,
    sources.routes,
    calls.routes,
    pickup_rate.routes,
    metrics.routes,
    alerts.routes,
    tasks.routes,
    scheduler.routes,
    rule_backtests.routes,
    alert_rules.routes,
    gates.routes,
    queues.routes,
    users.routes,
)


def create(world: World) -> ASGIApp:
    """Return the app that works with a world."""
    return Edge(routes_of(world), world)


def routes_of(world: World | None) -> FastAPI:
    """Return the routes, without the edge."""
    app = FastAPI(title=openapi.TITLE, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.world = world
    app.router.redirect_slashes = False
    app.state.declared = [route for router in ROUTERS for route in router.routes]
    for router in ROUTERS:
        app.include_router(router)
    documents.add(app)
    app.router.routes.append(Route(f"{console.PREFIX}{{rest:path}}", Mount(world), include_in_schema=False))
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)
    return app


def app_of_process() -> ASGIApp:
    """Return the app that works with the process's services: those of its workers."""
    from shared.jobs import worker

    return create(world_of(worker.runtime().services))


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    it = exchange.of(request.scope)
    if error.status_code == 404:
        return routing.told(problems.NO_ROUTE, it.id)
    if error.status_code == 405:
        detail = f"This route doesn't take {request.method}. See /api/openapi.json."
        allowed = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
        return routing.told(Problem(405, "method_not_allowed", detail, headers=allowed), it.id)
    return routing.told(Problem(error.status_code, "request_invalid", str(error.detail)), it.id)


async def _unexpected(request: Request, error: Exception) -> Response:
    return routing.told(problems.UNEXPECTED, exchange.of(request.scope).id)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return routing.told(routing.invalid(error), exchange.of(request.scope).id)
