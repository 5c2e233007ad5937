"""Signing in to the console by Entra, as it runs: the app on the development host, and a tenant on this machine."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext
from pytest_httpserver import HTTPServer
from selectolax.lexbor import LexborHTMLParser

from tests.azurite import Azurite
from tests.e2e.cli.terminal import Terminal
from tests.e2e.console.conftest import axe
from tests.patience import LIMIT_SECONDS
from tests.tenant import CLIENT, SECRET, TENANT, Person, Tenant

_ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\{\*route\}")
_SERIOUS = "async () => (await axe.run()).violations.filter((one) => ['serious', 'critical'].includes(one.impact))"


@dataclass(frozen=True, slots=True)
class Served:
    """A running app: its address, its log, and the tenant whose people sign in."""

    address: str
    log: Path
    tenant: Tenant


@pytest.fixture(scope="module")
def running(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An app whose callers have tokens of a tenant, and whose people sign in there."""
    folder = tmp_path_factory.mktemp("entra")
    name = f"entra-{uuid.uuid4().hex[:12]}"
    terminal = Terminal(folder, azurite.connection_string, name, tmp_path_factory.mktemp("bytecode"))
    with HTTPServer() as server:
        tenant = Tenant(server)
        terminal.environ |= {
            "DEVHOST_PORT": "0",
            "AUTH_MODE": "entra",
            "ENTRA_TENANT_ID": TENANT,
            "ENTRA_AUDIENCE": "api://nightshift",
            "ENTRA_AUTHORITY": tenant.authority,
            "CONSOLE_ENTRA_CLIENT_ID": CLIENT,
            "CONSOLE_ENTRA_CLIENT_SECRET": SECRET,
        }
        assert terminal.run("init").code == 0
        with terminal.host():
            log = folder / "host.log"
            found = _ADDRESS.search(log.read_text())
            assert found is not None, log.read_text()
            tenant.redirects.add(f"{found[1]}/console/sign-in/entra/callback")
            yield Served(found[1], log, tenant)


@pytest.fixture
def served(running: Served) -> Served:
    """The app, while ada, an admin, sits at the browser."""
    running.tenant.person = Person({"preferred_username": "ada@example.com", "roles": ["admin"]})
    return running


def browser_of(served: Served) -> httpx.Client:
    """Return a client that keeps cookies as browsers do: Azure's host, and ours, write ``domain=`` with no domain."""

    def keep(response: httpx.Response) -> None:
        name, _, value = response.headers.get("set-cookie", "").partition(";")[0].partition("=")
        if name:
            client.cookies.set(name, value, path="/console")

    client = httpx.Client(base_url=served.address, follow_redirects=True, timeout=LIMIT_SECONDS)
    client.event_hooks = {"response": [keep]}
    return client


def test_a_person_signs_in_changes_something_and_signs_out(served: Served) -> None:
    with browser_of(served) as client:
        asked = _page(client.get("/console/alerts?client=shop"))
        start = asked.css_first("a.action").attributes["href"]
        shown = client.get(str(start))
        assert (shown.url.raw_path, "ada@example.com" in shown.text) == (b"/console/alerts?client=shop", True)

        token = _page(shown).css_first("input[name=token]").attributes["value"]
        own = {"sec-fetch-site": "same-origin", "origin": served.address}
        stopped = client.post("/console/alerts/scheduler/stop", data={"token": token, "why": "a test"}, headers=own)
        assert stopped.status_code == 200, stopped.text

        out = client.post("/console/sign-out", data={"token": token}, headers=own)
        assert "You are signed out." in out.text
        assert "Sign in with Entra ID" in client.get("/console").text
    log = served.log.read_text()
    for form in served.tenant.redeemed:
        assert not any(form[name] in log for name in ("code", "code_verifier", "client_secret"))


def test_who_has_no_role_is_told_so(served: Served) -> None:
    served.tenant.person.claims["roles"] = []
    with browser_of(served) as client:
        shown = client.get("/console/sign-in/entra")
    assert (shown.status_code, "ada@example.com has no role of this app" in shown.text) == (403, True)


def test_a_browser_goes_to_the_tenant_and_comes_back_under_the_pages_own_policy(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{served.address}/console/runs")
    page.evaluate(axe())
    assert page.evaluate(_SERIOUS) == []
    page.get_by_role("link", name="Sign in with Entra ID").click()
    page.get_by_role("heading", name="Runs", exact=True).wait_for()
    assert page.url == f"{served.address}/console/runs"
    page.get_by_role("link", name="Alerts").click()
    page.get_by_role("heading", name="Alerts", exact=True).wait_for()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out.").wait_for()
    assert page.get_by_role("link", name="sign out there too").get_attribute("href") == (
        f"{served.tenant.authority}/{TENANT}/oauth2/v2.0/logout"
    )
    page.goto(f"{served.address}/console/runs")
    page.get_by_role("heading", name="Sign in").wait_for()
    assert said == []


def _page(response: httpx.Response) -> LexborHTMLParser:
    return LexborHTMLParser(response.text)
