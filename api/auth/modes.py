"""Modes: the authenticator that AUTH_MODE names. Without a mode every request is refused."""

from __future__ import annotations

import logging
from datetime import timedelta

from api.auth.dev import Dev
from api.auth.keys import Keys
from api.auth.port import Asked, Authenticator, refused
from api.problems import Problem, Stop
from operations import api_keys
from operations.actor import Actor
from shared.config import Settings
from shared.errors import Misconfigured
from shared.telemetry import event

_log = logging.getLogger("nightshift.api")


class Nobody:
    """Refuses every request, since nobody said who may ask."""

    scheme = "none"

    async def actor(self, asked: Asked) -> Actor:
        """See Authenticator."""
        raise refused("auth_mode_unset", "The setting AUTH_MODE isn't given, so every request is refused.")


class Broken:
    """Refuses every request, since the settings of the mode can't be. The log says why; callers aren't told."""

    scheme = "none"

    async def actor(self, asked: Asked) -> Actor:
        """See Authenticator."""
        detail = "The API's settings are wrong, so every request is refused. The log says what is wrong."
        raise Stop(Problem(503, "setting_invalid", detail, retry_after=timedelta(minutes=1)))


def of_settings(settings: Settings) -> Authenticator:
    """Return the authenticator; one that refuses all where the settings can't be, or name no mode."""
    try:
        return _of_mode(settings)
    except Misconfigured as error:
        event(_log, logging.ERROR, "api settings are wrong", code=error.code, error=str(error))
        return Broken()


def _of_mode(settings: Settings) -> Authenticator:
    if settings.auth_mode == "keys":
        return Keys(api_keys.read(settings.api_keys))
    if settings.auth_mode == "entra":
        from api.auth.entra import Entra

        return Entra(settings)
    if settings.auth_mode == "dev":
        return Dev(settings)
    return Nobody()
