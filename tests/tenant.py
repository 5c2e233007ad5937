"""A tenant of Entra on this machine: it signs tokens, serves its keys, and signs people in by code and PKCE.

It checks what it is asked as the real one does: the registered redirect address, the challenge, the app's proof, and
that a code is used once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TENANT = "11111111-2222-3333-4444-555555555555"
AUDIENCE = "api://nightshift"
CLIENT = "99999999-8888-7777-6666-555555555555"
SECRET = "a secret of the tests"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEYS = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in ("one", "two", "of-another")}


@dataclass(slots=True)
class Person:
    """Who sits at the browser: the claims of their tokens. `refuses`: what becomes of a sign-in instead of a code."""

    claims: dict[str, Any] = field(default_factory=lambda: {"preferred_username": "ada@example.com"})
    refuses: str | None = None


class Tenant:
    """A tenant."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self.authority = server.url_for("").rstrip("/")
        self.asked = 0
        self.down = False
        self.padding = ""
        self.person = Person()
        self.redirects: set[str] = set()
        """Redirect addresses that were registered."""
        self.started: list[dict[str, str]] = []
        """What its sign-in page was asked, request by request."""
        self.redeemed: list[dict[str, str]] = []
        """What its token endpoint was asked."""
        self.signing: dict[str, Any] = {}
        """What is other about the tokens that it signs: `key`, `kid`, or a claim."""
        self.instead: Response | None = None
        """What its token endpoint answers instead."""
        self.may_answer = threading.Event()
        """Its token endpoint waits for this."""
        self.may_answer.set()
        self._codes: dict[str, dict[str, str]] = {}
        self.serves("one")
        for path, handler in (
            ("discovery/v2.0/keys", self._keys),
            ("oauth2/v2.0/authorize", self._authorize),
            ("oauth2/v2.0/token", self._token),
        ):
            server.expect_request(f"/{TENANT}/{path}").respond_with_handler(handler)
        server.expect_request("/identity").respond_with_handler(self._identity)

    @property
    def settings(self) -> dict[str, str]:
        """The settings of an app that people of this tenant sign in to."""
        return {
            "entra_tenant_id": TENANT,
            "entra_authority": self.authority,
            "console_entra_client_id": CLIENT,
            "console_entra_client_secret": SECRET,
        }

    def serves(self, *names: str) -> None:
        """Serve these keys from now on."""
        self._served = [
            {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[name].public_key())), "kid": name, "use": "sig"}
            for name in names
        ]

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of a token that is right, but for changes; None takes one away."""
        now = int(time.time())
        right = {
            "iss": f"{self.authority}/{TENANT}/v2.0",
            "aud": AUDIENCE,
            "tid": TENANT,
            "sub": "s",
            "oid": "ada",
            "iat": now - 10,
            "nbf": now - 10,
            "exp": now + 600,
            "roles": ["reader"],
        }
        return {name: value for name, value in {**right, **changes}.items() if value is not None}

    def token(self, key: str = "one", *, kid: str | None = None, alg: str = "RS256", **changes: Any) -> str:
        """Return a token signed by a key."""
        return jwt.encode(self.claims(**changes), KEYS[key], algorithm=alg, headers={"kid": kid or key})

    def _keys(self, _: Request) -> Response:
        self.asked += 1
        if self.down:
            return Response("down", 503)
        return Response(self.padding + json.dumps({"keys": self._served}), content_type="application/json")

    def _authorize(self, request: Request) -> Response:
        """Sign the person in without asking, as Entra does in a browser that it knows."""
        asked = request.args.to_dict()
        self.started.append(asked)
        right = {
            "client_id": CLIENT,
            "response_type": "code",
            "response_mode": "query",
            "code_challenge_method": "S256",
        }
        if any(asked.get(name) != value for name, value in right.items()) or "openid" not in asked["scope"].split():
            return Response("AADSTS900144: The request is wrong.", 400)
        if asked["redirect_uri"] not in self.redirects:
            return Response("AADSTS50011: The redirect URI isn't one of the application's.", 400)
        told = {"state": asked["state"]}
        if self.person.refuses:
            told |= {"error": self.person.refuses, "error_description": "<b>AADSTS65004</b>"}
        else:
            code = secrets.token_urlsafe(16)
            self._codes[code] = asked
            told |= {"code": code, "session_state": "x"}
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(told)}"})

    def _token(self, request: Request) -> Response:
        form = request.form.to_dict()
        self.redeemed.append(form)
        self.may_answer.wait()
        if self.instead is not None:
            return self.instead
        if form.get("client_id") != CLIENT or not self._is_proved(form):
            return _refused("invalid_client", 7000215, 401)
        begun = self._codes.pop(form.get("code", ""), None)
        if begun is None or form.get("grant_type") != "authorization_code":
            return _refused("invalid_grant", 54005)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != begun["code_challenge"]:
            return _refused("invalid_grant", 501481)
        if form.get("redirect_uri") != begun["redirect_uri"]:
            return _refused("invalid_grant", 50011)
        told = {"aud": CLIENT, "nonce": begun["nonce"], **self.person.claims, **self.signing}
        answer = {"token_type": "Bearer", "access_token": "not-for-us", "id_token": self.token(**told)}
        return Response(json.dumps(answer), content_type="application/json")

    def _is_proved(self, form: dict[str, str]) -> bool:
        if form.get("client_assertion_type") == ASSERTION:
            try:
                jwt.decode(form["client_assertion"], KEYS["two"].public_key(), algorithms=["RS256"],
                           audience="api://AzureADTokenExchange")  # fmt: skip
            except jwt.PyJWTError:
                return False
            return True
        return form.get("client_secret") == SECRET

    def _identity(self, request: Request) -> Response:
        """Answer as the identity endpoint of a function app, to which one identity is assigned."""
        if request.headers.get("X-IDENTITY-HEADER") != "its header" or request.args.get("client_id") != "its identity":
            return Response("{}", 400)
        token = self.token("two", aud=request.args["resource"])
        answer = {"access_token": token, "expires_on": str(int(time.time()) + 3600), "resource": "r", "token_type": "B"}
        return Response(json.dumps(answer), content_type="application/json")


def _refused(error: str, number: int, status: int = 400) -> Response:
    told = {"error": error, "error_description": f"AADSTS{number}: no", "error_codes": [number]}
    return Response(json.dumps(told), status, content_type="application/json")
