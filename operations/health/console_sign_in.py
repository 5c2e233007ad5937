"""Check of signing in to the console by Entra: are its settings whole? Nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from shared.config import Settings
from shared.errors import Misconfigured
from shared.finding import Finding, fine

CHECK = "console"
_NAME = "sign-in by Entra"
_HERE = ("127.0.0.1", "localhost", "::1")


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is found of the settings; nothing where none of them is given."""
    lacking = list(_lacking(settings))
    yield from lacking
    if settings.console_entra_client_id and not lacking:
        by = "a managed identity" if settings.console_entra_identity else "a client secret"
        yield fine(CHECK, _NAME, f"set up; the app proves itself by {by}")


def require(settings: Settings) -> None:
    """Raise Misconfigured, which names the setting, unless the settings are whole."""
    for finding in _lacking(settings):
        code = "setting_missing" if finding.found == _NOT_GIVEN else "setting_invalid"
        raise Misconfigured(f"Setting {finding.name}: {finding.found}. {finding.mend}", code=code)


_NOT_GIVEN = "isn't given, so nobody signs in by Entra"


def _lacking(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each setting that keeps people from signing in."""
    secret, identity = settings.console_entra_client_secret, settings.console_entra_identity
    if not settings.console_entra_client_id:
        if secret or identity:
            yield _warning("CONSOLE_ENTRA_CLIENT_ID", _NOT_GIVEN, "Set it to the app registration's client id.")
        return
    if settings.auth_mode not in ("keys", "entra"):
        found = f"is {settings.auth_mode}, so nobody signs in by Entra"
        yield _warning("AUTH_MODE", found, "Set it to keys or entra, or remove CONSOLE_ENTRA_CLIENT_ID.")
    if not settings.entra_tenant_id:
        yield _warning("ENTRA_TENANT_ID", _NOT_GIVEN, "Set it to the id of the app registration's tenant.")
    if not secret and not identity:
        mend = "Set it to the client id of a managed identity that the registration trusts."
        yield _warning("CONSOLE_ENTRA_IDENTITY", _NOT_GIVEN, f"{mend} Or set CONSOLE_ENTRA_CLIENT_SECRET.")
    if secret and identity:
        found = "is given beside CONSOLE_ENTRA_IDENTITY, so nobody signs in by Entra"
        yield _warning("CONSOLE_ENTRA_CLIENT_SECRET", found, "Remove it, and delete the secret.")
    if settings.in_azure and not settings.console_url:
        yield _warning("CONSOLE_URL", _NOT_GIVEN, "Set it to the console's address, where Entra leads back to.")
    elif settings.console_url and not _is_address(settings.console_url):
        yield _warning("CONSOLE_URL", "is no https address, so nobody signs in by Entra", "Begin it with https://.")
    if settings.in_azure and not settings.console_secret:
        yield _warning("CONSOLE_SECRET", _NOT_GIVEN, "Set it to a long random text, the same on every instance.")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE))


def _warning(name: str, found: str, mend: str) -> Finding:
    return Finding(CHECK, name, "warning", found, mend)
