"""AUTH_MODE=entra: tokens of a loopback tenant whose keys change."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any

import jwt
import pytest
from pytest_httpserver import HTTPServer

from api.auth import key_set
from api.auth.entra import Entra
from api.auth.port import Asked
from api.problems import Stop
from operations.actor import Actor
from shared.config import Settings
from shared.errors import Misconfigured, Unavailable
from tests.tenant import AUDIENCE, TENANT, Tenant


@pytest.fixture
def tenant(httpserver: HTTPServer) -> Tenant:
    """A tenant on this machine."""
    return Tenant(httpserver)


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def entra(tenant: Tenant) -> Entra:
    """The authenticator of the tenant's tokens."""
    return Entra(settings(tenant))


def settings(tenant: Tenant, **changes: Any) -> Settings:
    told = {
        "auth_mode": "entra",
        "entra_tenant_id": TENANT,
        "entra_audience": AUDIENCE,
        "entra_authority": tenant.authority,
    }
    return dataclasses.replace(Settings(), **{**told, **changes})


async def actor(entra: Entra, token: str) -> Actor:
    return await entra.actor(Asked({"authorization": f"Bearer {token}"}))


async def refusal(entra: Entra, token: str) -> str:
    with pytest.raises(Stop) as raised:
        await actor(entra, token)
    return f"{raised.value.problem.status} {raised.value.problem.code}"


async def test_a_token_of_the_tenant_is_taken_with_its_role(tenant: Tenant, entra: Entra) -> None:
    found = await actor(entra, tenant.token())

    assert (found.name, found.may("reader"), found.may("operator")) == ("entra:ada", True, False)


async def test_each_role_holds_for_its_own_scope_only(tenant: Tenant, entra: Entra) -> None:
    given = ["reader", "admin/client:shop", "unknown", "admin/nonsense", "admin/", 7]
    found = await actor(entra, tenant.token(roles=given))

    assert found.may("reader", "user:ada")
    assert found.may("admin", "client:shop")
    assert not found.may("admin", "client:other")
    assert not found.may("admin")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exp": 1_000_000_000}, "401 token_expired"),
        ({"nbf": 4_000_000_000}, "401 token_invalid"),
        ({"iat": 4_000_000_000}, "401 token_invalid"),
        ({"aud": "api://other"}, "401 token_invalid"),
        ({"aud": [AUDIENCE, "api://other"]}, "401 token_invalid"),
        ({"tid": "another"}, "401 token_invalid"),
        ({"iss": "https://login.microsoftonline.com/another/v2.0"}, "401 token_invalid"),
        ({"exp": None}, "401 token_invalid"),
        ({"nbf": None}, "401 token_invalid"),
        ({"tid": None}, "401 token_invalid"),
        ({"aud": None}, "401 token_invalid"),
        ({"roles": None}, "403 token_without_role"),
        ({"roles": []}, "403 token_without_role"),
        ({"roles": "admin"}, "403 token_without_role"),
        ({"roles": ["Admin", "root"]}, "403 token_without_role"),
    ],
)
async def test_a_token_that_is_not_right_is_refused(
    tenant: Tenant, entra: Entra, changes: dict[str, Any], said: str
) -> None:
    assert await refusal(entra, tenant.token(**changes)) == said


async def test_a_token_without_a_signature_is_refused(tenant: Tenant, entra: Entra) -> None:
    unsigned = jwt.encode(tenant.claims(), "", algorithm="none", headers={"kid": "one"})

    assert await refusal(entra, unsigned) == "401 token_invalid"


async def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(tenant: Tenant, entra: Entra) -> None:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"one"}').rstrip(b"=")
    body = base64.urlsafe_b64encode(json.dumps(tenant.claims()).encode()).rstrip(b"=")

    assert await refusal(entra, f"{head.decode()}.{body.decode()}.{'A' * 43}") == "401 token_invalid"


async def test_a_token_of_another_key_under_the_tenants_key_id_is_refused(tenant: Tenant, entra: Entra) -> None:
    assert await refusal(entra, tenant.token("of-another", kid="one")) == "401 token_invalid"


@pytest.mark.parametrize("alg", ["RS384", "PS256"])
async def test_another_algorithm_is_refused(tenant: Tenant, entra: Entra, alg: str) -> None:
    assert await refusal(entra, tenant.token(alg=alg)) == "401 token_invalid"


@pytest.mark.parametrize("token", ["x", "a.b.c", "..", "e30.e30.e30", "é", "x" * 20_000])
async def test_what_is_no_token_is_refused(entra: Entra, token: str) -> None:
    assert await refusal(entra, token) == "401 token_invalid"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi"])
async def test_no_token_is_refused(entra: Entra, header: str) -> None:
    with pytest.raises(Stop) as raised:
        await entra.actor(Asked({"authorization": header}))

    assert raised.value.problem.code == "token_missing"
    assert raised.value.problem.headers["WWW-Authenticate"].startswith("Bearer")


async def test_the_keys_are_read_once_and_again_when_a_new_one_signs(
    tenant: Tenant, entra: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = Clock()
    monkeypatch.setattr(entra._tenant._keys, "_monotonic", now)
    for _ in range(3):
        await actor(entra, tenant.token())
    assert tenant.asked == 1

    tenant.serves("two")
    too_soon = await refusal(entra, tenant.token("two"))
    now.now += key_set._LEAST_SECONDS
    taken = await actor(entra, tenant.token("two"))

    assert (too_soon, taken.name, tenant.asked) == ("401 token_invalid", "entra:ada", 2)
    assert await refusal(entra, tenant.token("one")) == "401 token_invalid"


async def test_keys_that_arrive_in_many_pieces_are_read_whole(tenant: Tenant, entra: Entra) -> None:
    tenant.padding = " " * 900_000
    assert (await actor(entra, tenant.token())).name == "entra:ada"


async def test_keys_that_never_end_are_not_read(tenant: Tenant, entra: Entra) -> None:
    tenant.padding = " " * 1_100_000
    with pytest.raises(Unavailable):
        await actor(entra, tenant.token())


async def test_strangers_tokens_do_not_have_the_keys_read_at_each(tenant: Tenant, entra: Entra) -> None:
    for number in range(5):
        await refusal(entra, tenant.token("of-another", kid=f"made-up-{number}"))

    assert tenant.asked == 1


async def test_while_the_tenant_is_down_the_keys_that_are_known_hold(
    tenant: Tenant, entra: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = Clock()
    monkeypatch.setattr(entra._tenant._keys, "_monotonic", now)
    await actor(entra, tenant.token())
    tenant.down = True
    now.now += key_set._KEPT_SECONDS + 1

    assert (await actor(entra, tenant.token())).name == "entra:ada"

    now.now += key_set._KEPT_SECONDS
    with pytest.raises(Unavailable):
        await actor(entra, tenant.token())


async def test_while_no_key_was_ever_read_it_is_nobodys_fault(tenant: Tenant, entra: Entra) -> None:
    tenant.down = True
    with pytest.raises(Unavailable):
        await actor(entra, tenant.token())


@pytest.mark.parametrize(
    "change",
    [
        {"entra_tenant_id": ""},
        {"entra_audience": ""},
        {"entra_tenant_id": "common"},
        {"entra_tenant_id": "a/b"},
        {"entra_authority": "http://login.example"},
        {"azure_instance": "x"},
    ],
)
def test_settings_that_would_take_others_tokens_are_refused(tenant: Tenant, change: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        Entra(settings(tenant, **change))
