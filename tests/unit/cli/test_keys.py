"""`nightshift keys new`: what it prints is what the API takes."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from api.auth.keys import Keys
from api.auth.port import Asked
from cli.commands.keys import app
from operations import api_keys
from shared.errors import UsageError


def printed(*words: str) -> dict[str, object]:
    """Return what the command prints with --json."""
    done = CliRunner().invoke(app, ["new", *words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    found: dict[str, object] = json.loads(done.stdout)
    return found


async def test_its_entry_lets_the_holder_of_its_key_in() -> None:
    made = printed("shop", "--role", "producer", "--scope", "user:ada", "--scope", "org:acme")
    keys = Keys(api_keys.read(json.dumps([made["entry"]])))

    actor = await keys.actor(Asked({"x-api-key": str(made["key"])}))

    assert actor.name == "key:shop"
    assert actor.may("producer", "user:ada")
    assert not actor.may("producer", "user:bo")


def test_each_key_is_another() -> None:
    assert printed("a")["key"] != printed("a")["key"]


def test_what_cannot_be_granted_is_refused() -> None:
    with pytest.raises(UsageError, match="scopes are"):
        printed("shop", "--scope", "everything")
