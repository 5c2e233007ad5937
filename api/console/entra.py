"""Entra: signing in by OpenID Connect: authorization code with PKCE, of one tenant of Microsoft Entra ID.

The tenant signs the person in; what it says of them is asked for by a code, server to server, and checked as the API
checks its tokens. Neither code nor token is logged, and none is kept.
"""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlencode

from api.auth import app_roles, asking
from api.auth.tenant import Tenant
from api.console.app_proof import Identity, Proof, Secret
from api.console.begun_sign_in import BegunSignIn
from api.console.refusals import WithoutRole, not_signed_in, word
from api.console.sessions import Session, begun_by_roles
from api.problems import Problem, Stop
from operations.actor import Actor
from operations.health import console_sign_in
from shared.config import Settings
from shared.errors import Misconfigured
from shared.telemetry import event

SCOPE = "openid profile"
_PERSONS = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required", "access_denied"})
"""Errors (RFC 6749, OpenID Connect) that another try of the person may mend. Others are of the app's registration."""
_MOST_ROLES = 1_500
"""Characters, as JSON: what a cookie has room for."""
_log = logging.getLogger("nightshift.console")


class Entra:
    """Signs people in who have a role of the app's registration."""

    def __init__(self, settings: Settings) -> None:
        console_sign_in.require(settings)
        self._tenant = Tenant(settings)
        self._client_id = settings.console_entra_client_id
        self._proof: Proof = (
            Identity(settings.console_entra_identity, settings.entra_authority)
            if settings.console_entra_identity
            else Secret(settings.console_entra_client_secret)
        )
        self.sign_out_address = f"{self._tenant.address}/oauth2/v2.0/logout"

    def opened(self, session: Session) -> Actor | None:
        """Return who a session is; None for one of another tenant or app than the settings now name."""
        if session.proof != self._named:
            return None
        return app_roles.actor_of(session.label, session.roles)

    def address(self, sign_in: BegunSignIn, back: str, *, pick: bool) -> str:
        """Return where the browser signs in; `pick`: asked as whom, even when the tenant knows it already."""
        asked = {
            "client_id": self._client_id,
            "response_type": "code",
            "response_mode": "query",  # a form posted from Entra's site would come without the cookie
            "redirect_uri": back,
            "scope": SCOPE,
            "state": sign_in.state,
            "nonce": sign_in.nonce,
            "code_challenge": sign_in.challenge,
            "code_challenge_method": "S256",
            **({"prompt": "select_account"} if pick else {}),
        }
        return f"{self._tenant.address}/oauth2/v2.0/authorize?{urlencode(asked)}"

    async def session(self, sign_in: BegunSignIn, code: str, back: str) -> Session:
        """Return the session of who came back with a code.

        Raises Stop when the code, its token or its holder isn't one to let in; Unavailable when the tenant can't be
        asked; Misconfigured when it doesn't take the console for the app.
        """
        token = await self._id_token(sign_in, code, back)
        claims = await self._tenant.claims(token, self._client_id, (self._tenant.issuer,))
        if not sign_in.is_nonce(claims.get("nonce")):
            raise Stop(Problem(401, "token_invalid", "The token isn't one for this sign-in."))
        name, shown = app_roles.name_of(claims), str(claims.get("preferred_username") or "")[:100]
        roles = app_roles.known(claims.get("roles"))
        if not roles:
            text = f"{shown or name} has no role of this app. Have one assigned in Entra ID, then sign in again."
            raise WithoutRole(Problem(403, "token_without_role", text), name)
        if len(json.dumps(roles)) > _MOST_ROLES:
            text = (
                f"{shown or name} has more roles of this app than a session can hold. Have fewer, wider ones assigned."
            )
            raise WithoutRole(Problem(403, "not_allowed", text), name)
        return begun_by_roles(name, self._named, roles, shown)

    @property
    def _named(self) -> str:
        return f"{self._tenant.issuer} {self._client_id}"

    async def _id_token(self, sign_in: BegunSignIn, code: str, back: str) -> str:
        address, what = f"{self._tenant.address}/oauth2/v2.0/token", "The tokens of a sign-in"
        form = {
            "client_id": self._client_id,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": sign_in.verifier,
            "scope": SCOPE,
            **await self._proof.members(),
        }
        answer = await asking.ask(what, address, form)
        try:
            said: Any = json.loads(answer.body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise asking.unavailable(what, address, f"status {answer.status}, and no JSON object")
        if "error" in said:
            raise _refusal(said)
        token = said.get("id_token")
        if answer.status != 200 or not isinstance(token, str):
            raise asking.unavailable(what, address, f"status {answer.status}, and no id token")
        return token


def _refusal(said: dict[str, Any]) -> Exception:
    """Return the error of an answer that refuses a code. Its text is for the app's owner, and isn't passed on."""
    listed = said.get("error_codes")
    numbers = [f"AADSTS{one}" for one in listed if isinstance(one, int)] if isinstance(listed, list) else []
    error = word(said["error"])
    event(_log, logging.ERROR, "entra refused a code", error=error, numbers=" ".join(numbers[:5]) or None)
    if error in _PERSONS:
        return not_signed_in(error)
    return Misconfigured(
        f"Entra ID doesn't take the console for the app ({' '.join([error, *numbers[:5]])}).",
        code="identity_denied", dependency="identity",
    )  # fmt: skip
