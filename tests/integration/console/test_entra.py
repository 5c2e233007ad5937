"""Signing in by Entra: an authorization code with PKCE, of a tenant on this machine that checks what it is asked."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from api.auth import asking
from tests.azurite import Azurite
from tests.integration.api.worlds import ADDRESS, ApiWorld
from tests.integration.console.browser import SAME_SITE, Browser, Shown
from tests.integration.jobs.worlds import MovingClock
from tests.tenant import ASSERTION, CLIENT, TENANT, Tenant

START = "/console/sign-in/entra"
BACK = f"{START}/callback"
COOKIE = "nightshift_console"
HOUR = 3600


@pytest.fixture
def tenant(httpserver: HTTPServer) -> Tenant:
    """A tenant in which the console's redirect address is registered."""
    made = Tenant(httpserver)
    made.redirects.add(f"{ADDRESS}{BACK}")
    return made


@pytest.fixture
def world(time: MovingClock, azurite: Azurite, tenant: Tenant) -> ApiWorld:
    """An app that takes keys, and whose console can be signed in to by Entra."""
    return world_of(time, azurite, tenant)


def world_of(time: MovingClock, azurite: Azurite, tenant: Tenant, **changes: str) -> ApiWorld:
    told = {"console_url": f"{ADDRESS}/console", **tenant.settings, **changes}
    return ApiWorld(time, azurite.connection_string, **told)


@pytest.fixture
async def browser(world: ApiWorld, tenant: Tenant) -> AsyncIterator[Browser]:
    """A browser without a past, which reaches the tenant too."""
    async with Browser(world, tenant.authority) as opened:
        yield opened


async def begun(browser: Browser, **query: str) -> dict[str, str]:
    """Begin a sign-in; return what the tenant is asked."""
    answer = await browser.client.get(START, params=query)
    assert answer.status_code == 303
    return {name: value[0] for name, value in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def to_the_tenant_and(browser: Browser, **query: str) -> str:
    """Begin a sign-in, and let the tenant sign the person in; return where it leads back to."""
    there = await browser.client.get(START, params=query)
    back = await browser.client.get(there.headers["location"])
    assert back.status_code == 302, back.text
    return back.headers["location"]


def heading(page: Shown) -> str:
    return page.one("h1").text()


async def test_who_has_a_role_signs_in_from_the_page_and_lands_where_it_was_going(browser: Browser) -> None:
    page = await browser.get("/console/runs?name=digest")
    link = next(one for one in page.tree.css("main a") if one.text() == "Sign in with Entra ID")
    landed = await browser.get(str(link.attributes["href"]))

    assert (heading(landed), landed.response.url.raw_path) == ("Runs of digest", b"/console/runs?name=digest")
    assert "ada@example.com" in landed.text


async def test_the_api_key_is_asked_for_beside_it(browser: Browser) -> None:
    page = await browser.get("/console/sign-in")
    assert "Sign in with Entra ID" in page.text
    assert page.form("/console/sign-in")
    assert heading(await browser.sign_in("reader")) == "Overview"


async def test_where_the_api_takes_tokens_people_sign_in_by_entra_only(
    time: MovingClock, azurite: Azurite, tenant: Tenant
) -> None:
    world = world_of(time, azurite, tenant, auth_mode="entra", entra_audience="api://nightshift")
    async with Browser(world, tenant.authority) as browser:
        assert not (await browser.get("/console")).tree.css("form")
        assert heading(await browser.get(START)) == "Overview"


async def test_what_the_tenant_is_asked_holds_no_secret_and_binds_its_answer(browser: Browser, tenant: Tenant) -> None:
    asked = await begun(browser)

    assert {name: asked[name] for name in ("client_id", "response_type", "scope", "code_challenge_method")} == {
        "client_id": CLIENT, "response_type": "code", "scope": "openid profile", "code_challenge_method": "S256",
    }  # fmt: skip
    assert asked["redirect_uri"] == f"{ADDRESS}{BACK}"
    again = await begun(browser)
    assert all(asked[name] != again[name] and len(asked[name]) >= 32 for name in ("state", "nonce", "code_challenge"))


async def test_the_roles_of_the_tenant_say_what_may_be_done(browser: Browser, tenant: Tenant) -> None:
    for roles, status in ((["reader"], 403), (["admin", "unknown"], 200)):
        tenant.person.claims["roles"] = roles
        await browser.get(START)
        page = await browser.post("/console/alerts/scheduler/stop", why="a test", token=await token(browser))
        assert page.status == status, page.text


async def token(browser: Browser) -> str:
    return str((await browser.get("/console")).tree.css("input[name=token]")[0].attributes["value"])


async def test_what_is_done_is_done_in_the_name_of_the_holders_object(
    world: ApiWorld, browser: Browser, tenant: Tenant
) -> None:
    tenant.person.claims |= {"roles": ["admin"], "oid": "1234"}
    await browser.get(START)
    await browser.post("/console/alerts/scheduler/stop", why="a test", token=await token(browser))
    assert [line["by"] for line in await world.audited("stop alert scheduler")] == ["entra:1234"]


async def test_the_session_lasts_four_hours(browser: Browser, time: MovingClock) -> None:
    await browser.get(START)
    time.advance(4 * HOUR - 1)
    assert heading(await browser.get("/console")) == "Overview"
    time.advance(2)
    assert heading(await browser.get("/console")) == "Sign in"


async def test_the_cookies_are_kept_from_scripts_other_sites_and_plain_http_and_hold_no_token(
    browser: Browser, tenant: Tenant
) -> None:
    there = await browser.client.get(START)
    back = await browser.client.get((await browser.client.get(there.headers["location"])).headers["location"])
    for answer, seconds in ((there, 600), (back, 14400)):
        cookie = answer.headers["set-cookie"]
        for said in ("HttpOnly", "Secure", "SameSite=lax", "Path=/console", f"Max-Age={seconds};"):
            assert said in cookie
        assert tenant.redeemed[0]["code"] not in cookie


async def test_a_session_of_another_app_or_tenant_is_nobody(
    time: MovingClock, azurite: Azurite, tenant: Tenant
) -> None:
    secret = {"console_secret": "s" * 40}
    async with Browser(world_of(time, azurite, tenant, **secret), tenant.authority) as one:
        await one.get(START)
        assert heading(await one.get("/console")) == "Overview"
        for change in (
            {"console_entra_client_id": "another"},
            {"console_entra_client_id": ""},
            {"entra_tenant_id": "t"},
        ):
            async with Browser(world_of(time, azurite, tenant, **secret, **change)) as other:
                other.client.cookies = one.client.cookies
                assert heading(await other.get("/console")) == "Sign in"


async def test_signing_out_ends_the_session_and_says_how_to_end_the_tenants(browser: Browser, tenant: Tenant) -> None:
    await browser.get(START)
    page = await browser.send(await browser.get("/console"), "/console/sign-out")
    links = [one.attributes["href"] for one in page.tree.css("main a")]

    assert "You are signed out." in page.text
    assert links == [f"{tenant.authority}/{TENANT}/oauth2/v2.0/logout", f"{START}?pick=yes"]
    assert heading(await browser.get("/console")) == "Sign in"
    assert (await begun(browser, pick="yes"))["prompt"] == "select_account"


async def test_signing_out_of_a_key_says_nothing_of_the_tenant(browser: Browser) -> None:
    await browser.sign_in("reader")
    page = await browser.send(await browser.get("/console"), "/console/sign-out")
    assert "sign out there too" not in page.text


async def test_a_return_with_another_state_is_refused_and_the_right_one_still_taken(
    world: ApiWorld, browser: Browser, tenant: Tenant
) -> None:
    back = await to_the_tenant_and(browser)
    for state in ("", "x", "é"):
        page = await browser.client_get(BACK, {"state": state, "code": "of another"})
        assert (page.status, "wasn't begun in this browser" in page.text) == (403, True)
    assert tenant.redeemed == []
    assert [line["why"] for line in await world.audited("deny request")] == ["sign_in_outdated"] * 3
    assert heading(await browser.get(back)) == "Overview"


async def test_a_return_in_a_browser_that_began_nothing_is_refused(
    world: ApiWorld, browser: Browser, tenant: Tenant
) -> None:
    back = await to_the_tenant_and(browser)
    async with Browser(world) as other:
        page = await other.get(back)
        assert (page.status, heading(page), tenant.redeemed) == (403, "Sign in", [])


async def test_a_return_that_was_used_is_refused(browser: Browser, tenant: Tenant) -> None:
    back = await to_the_tenant_and(browser)
    await browser.get(back)
    page = await browser.get(back)
    assert (page.status, "was used" in page.text, len(tenant.redeemed)) == (403, True, 1)
    assert heading(await browser.get("/console")) == "Overview"


async def test_a_return_that_is_replayed_with_its_old_cookie_finds_its_code_used(browser: Browser) -> None:
    back = await to_the_tenant_and(browser)
    old = browser.client.cookies.get(COOKIE)
    await browser.get(back)
    browser.client.cookies.clear()
    page = await browser.get(back, cookie=f"{COOKIE}={old}")
    assert (page.status, "invalid_grant" in page.text) == (401, True)


async def test_a_return_after_ten_minutes_is_refused(browser: Browser, time: MovingClock) -> None:
    back = await to_the_tenant_and(browser)
    time.advance(601)
    assert (await browser.get(back)).status == 403


@pytest.mark.parametrize("purpose", ["session", "sign-in"])
async def test_what_was_signed_for_one_purpose_is_not_taken_for_another(browser: Browser, purpose: str) -> None:
    if purpose == "sign-in":
        await browser.client.get(START)
        assert heading(await browser.get("/console")) == "Sign in"
    else:
        await browser.sign_in("reader")
        assert (await browser.client_get(BACK, {"state": "x", "code": "y"})).status == 403


async def test_a_code_of_a_sign_in_of_somebody_else_is_refused(
    world: ApiWorld, browser: Browser, tenant: Tenant
) -> None:
    """The verifier of this browser isn't the one that the other's code was asked for with."""
    async with Browser(world, tenant.authority) as other:
        stolen = parse_qs(urlsplit(await to_the_tenant_and(other)).query)["code"][0]
    asked = await begun(browser)
    page = await browser.client_get(BACK, {"state": asked["state"], "code": stolen})
    assert (page.status, "invalid_grant" in page.text) == (401, True)


@pytest.mark.parametrize(
    ("signing", "status", "said"),
    [
        ({"nonce": "of another"}, 401, "isn't one for this sign-in"),
        ({"nonce": None}, 401, "isn't one for this sign-in"),
        ({"exp": 1_000_000_000}, 401, "has expired"),
        ({"aud": "api://nightshift"}, 401, "isn't one for this app"),
        ({"aud": [CLIENT]}, 401, "isn't one for this app"),
        ({"iss": "https://evil.example/v2.0"}, 401, "isn't one for this app"),
        ({"iss": f"https://sts.windows.net/{TENANT}/"}, 401, "isn't one for this app"),
        ({"tid": "another"}, 401, "isn't one for this app"),
        ({"key": "of-another", "kid": "one"}, 401, "isn't one for this app"),
        ({"kid": "unknown"}, 401, "isn't one for this app"),
        ({"roles": None}, 403, "ada@example.com has no role of this app"),
        ({"roles": ["superuser"]}, 403, "has no role of this app"),
        ({"roles": None, "preferred_username": "<b>x\u202e"}, 403, "<b>x\\u202e has no role"),
        ({"roles": [f"reader/org:{number:064}" for number in range(40)]}, 403, "more roles"),
    ],
)
async def test_a_token_or_a_holder_that_is_not_right_is_refused_and_no_session_begins(
    world: ApiWorld, browser: Browser, tenant: Tenant, signing: dict[str, Any], status: int, said: str
) -> None:
    tenant.signing = signing
    page = await browser.get(START)

    assert (page.status, heading(page)) == (status, "Sign in")
    assert said in page.text
    assert not browser.client.cookies
    assert len(await world.audited("deny request")) == 1
    assert heading(await browser.get("/console")) == "Sign in"


async def test_who_has_no_role_is_named_in_the_audit_log_and_may_sign_in_as_another(
    world: ApiWorld, browser: Browser, tenant: Tenant
) -> None:
    tenant.signing = {"roles": []}
    page = await browser.get(f"{START}?to=/runs")
    assert page.one("a.action").attributes["href"] == f"{START}?to=%2Fruns&pick=yes"
    (line,) = await world.audited("deny request")
    assert (line["by"], line["why"]) == ("entra:ada", "token_without_role")


@pytest.mark.parametrize("error", ["access_denied", "<script>alert(1)</script>", "x" * 1000])
async def test_who_is_not_signed_in_by_the_tenant_is_told_so_without_its_text(
    browser: Browser, tenant: Tenant, error: str
) -> None:
    tenant.person.refuses = error
    page = await browser.get(START)
    assert page.status == 401
    assert f"Entra ID didn't sign you in ({'access_denied' if error == 'access_denied' else 'unknown'})" in page.text
    assert "AADSTS" not in page.text


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Response("down", 500),
        lambda: Response("busy", 429),
        lambda: Response("<html>proxy</html>", 200),
        lambda: Response("<html>proxy</html>", 404),
        lambda: Response("[]", 200),
        lambda: Response("{}", 200),
        lambda: Response('{"id_token": 7}', 200),
        lambda: Response(b"\xff\xfe{", 200),
        lambda: Response("{" * 2_000_000, 200),
        lambda: Response(status=307, headers={"Location": "http://127.0.0.1:9/"}),
    ],
)
async def test_while_the_tenants_tokens_cannot_be_read_the_return_may_be_loaded_again(
    browser: Browser, tenant: Tenant, answer: Any
) -> None:
    back = await to_the_tenant_and(browser)
    tenant.instead = answer()
    page = await browser.get(back)
    assert (page.status, "can't be read" in page.text) == (503, True)
    assert page.response.headers["retry-after"]

    tenant.instead = None
    assert heading(await browser.get(back)) == "Overview"


async def test_a_code_and_a_secret_are_sent_nowhere_else(
    browser: Browser, tenant: Tenant, httpserver: HTTPServer
) -> None:
    tenant.instead = Response(status=307, headers={"Location": f"{tenant.authority}/elsewhere"})
    await browser.get(START)
    asked = [request.path for request, _ in httpserver.log]
    assert (asked[-1].endswith("/token"), "/elsewhere" in asked) == (True, False)


async def test_a_tenant_that_never_answers_is_left(
    browser: Browser, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LIMIT_SECONDS", 0.2)
    back = await to_the_tenant_and(browser)
    tenant.may_answer.clear()
    try:
        page = await browser.get(back)
    finally:
        tenant.may_answer.set()
    assert (page.status, "TimeoutError" in page.text) == (503, True)


async def test_a_tenant_that_is_not_there_is_told(time: MovingClock, azurite: Azurite, tenant: Tenant) -> None:
    async with Browser(world_of(time, azurite, tenant, entra_authority="http://127.0.0.1:9")) as browser:
        asked = await begun(browser)
        page = await browser.client_get(BACK, {"state": asked["state"], "code": "x"})
        assert (page.status, "ClientConnectorError" in page.text) == (503, True)


async def test_a_secret_that_is_wrong_is_the_apps_fault(time: MovingClock, azurite: Azurite, tenant: Tenant) -> None:
    world = world_of(time, azurite, tenant, console_entra_client_secret="old")
    async with Browser(world, tenant.authority) as browser:
        page = await browser.get(START)
        assert (page.status, "invalid_client AADSTS7000215" in page.text) == (503, True)


async def test_by_a_managed_identity_the_app_proves_itself_without_a_secret(
    time: MovingClock, azurite: Azurite, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{tenant.authority}/identity")
    monkeypatch.setenv("IDENTITY_HEADER", "its header")
    given = {"console_entra_client_secret": "", "console_entra_identity": "its identity"}
    async with Browser(world_of(time, azurite, tenant, **given), tenant.authority) as browser:
        assert heading(await browser.get(START)) == "Overview"
    assert tenant.redeemed[0]["client_assertion_type"] == ASSERTION
    assert "client_secret" not in tenant.redeemed[0]


async def test_an_identity_that_the_app_does_not_have_is_told(
    time: MovingClock, azurite: Azurite, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{tenant.authority}/identity")
    monkeypatch.setenv("IDENTITY_HEADER", "its header")
    given = {"console_entra_client_secret": "", "console_entra_identity": "of another"}
    async with Browser(world_of(time, azurite, tenant, **given), tenant.authority) as browser:
        page = await browser.get(START)
        assert (page.status, "CONSOLE_ENTRA_IDENTITY" in page.text) == (503, True)


async def test_an_identity_endpoint_that_does_not_answer_is_left(
    time: MovingClock, azurite: Azurite, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LIMIT_SECONDS", 0.2)
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:9/identity")
    monkeypatch.setenv("IDENTITY_HEADER", "its header")
    given = {"console_entra_client_secret": "", "console_entra_identity": "its identity"}
    async with Browser(world_of(time, azurite, tenant, **given), tenant.authority) as browser:
        page = await browser.get(START)
        assert (page.status, "A token of the managed identity" in page.text) == (503, True)


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "@evil.example",
        ".evil.example",
        "/" * 2000,
    ],
)
async def test_a_sign_in_leads_to_no_other_site(browser: Browser, to: str) -> None:
    answer = await browser.client.get(await to_the_tenant_and(browser, to=to))
    assert answer.status_code == 303
    there = urlsplit(answer.headers["location"])
    assert (there.scheme, there.netloc) == ("", "")
    assert there.path == "/console" or there.path.startswith("/console/")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_page_of_another_site_begins_no_sign_in(browser: Browser, site: str) -> None:
    await browser.sign_in("reader")
    page = await browser.get(START, **{"sec-fetch-site": site})
    assert heading(page) == "Sign in"
    assert heading(await browser.get("/console")) == "Overview"


@pytest.mark.parametrize(("method", "path"), [("HEAD", START), ("HEAD", BACK), ("POST", START), ("POST", BACK)])
async def test_only_following_a_link_begins_or_ends_one(browser: Browser, method: str, path: str) -> None:
    answer = await browser.client.request(method, path, headers=SAME_SITE)
    assert (answer.status_code, "set-cookie" in answer.headers) == (405, False)


async def test_where_it_is_not_set_up_its_addresses_show_the_page(time: MovingClock, azurite: Azurite) -> None:
    async with Browser(ApiWorld(time, azurite.connection_string)) as browser:
        for path in (START, BACK):
            page = await browser.get(path)
            assert (heading(page), "Sign in with Entra ID" in page.text) == ("Sign in", False)


async def test_half_set_up_the_log_says_what_is_missing_and_keys_still_hold(
    time: MovingClock, azurite: Azurite, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    world = world_of(time, azurite, tenant, console_entra_client_secret="")
    with caplog.at_level(logging.ERROR, "nightshift.console"):
        async with Browser(world) as browser:
            assert "Sign in with Entra ID" not in (await browser.get("/console")).text
            assert heading(await browser.sign_in("reader")) == "Overview"
    assert any("CONSOLE_ENTRA_IDENTITY" in str(getattr(record, "fields", "")) for record in caplog.records)


async def test_a_made_up_host_header_does_not_say_where_the_tenant_leads_back_to(
    time: MovingClock, azurite: Azurite, tenant: Tenant
) -> None:
    world = world_of(time, azurite, tenant, console_url="")
    transport = httpx.ASGITransport(world.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        told = await client.get(f"https://evil.example{START}")
        here = await client.get(f"http://127.0.0.1:7071{START}")
    assert (told.status_code, "CONSOLE_URL" in told.text) == (503, True)
    asked = parse_qs(urlsplit(here.headers["location"]).query)
    assert asked["redirect_uri"] == [f"http://127.0.0.1:7071{BACK}"]


async def test_neither_code_nor_token_nor_secret_is_logged(
    browser: Browser, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        back = await to_the_tenant_and(browser)
        await browser.get(back)
        tenant.signing = {"roles": []}
        await browser.get(await to_the_tenant_and(browser))
    ours = [record for record in caplog.records if record.name.startswith(("nightshift", "aiohttp", "azure", "api"))]
    said = " ".join(f"{record.getMessage()} {vars(record)}" for record in ours)
    assert ours
    for form in tenant.redeemed:
        assert not any(form[name] in said for name in ("code", "code_verifier", "client_secret"))
    assert "eyJ" not in said


async def test_the_api_takes_no_token_of_a_sign_in(browser: Browser, tenant: Tenant) -> None:
    await browser.get(START)
    answer = await browser.client.get("/api/v1/jobs")
    assert answer.status_code == 401
